//! What a check of a batch's arguments says when it refuses one.

/// An argument that cannot be worked on: which one, what was expected, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadArgument {
    /// The argument's name, as the caller wrote it.
    pub argument: &'static str,
    /// What it should have been.
    pub expected: String,
    /// What it was.
    pub found: String,
}
