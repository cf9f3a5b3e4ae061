//! Array and number arguments: what a kernel relies on is checked here, argument by argument.
//!
//! Arrays come in by Python's buffer protocol: numpy's are read where they lie. Whoever calls must
//! not write to them from another thread before the call is over.

use std::ffi::CStr;

use pyo3::buffer::{Element, PyBuffer, PyUntypedBuffer};
use pyo3::prelude::*;

use crate::errors::Refusal;

/// The extents an array must have, by dimension; `None`: any.
pub type Extents<'a> = &'a [Option<usize>];

/// A number that arrays may hold, with its name in Python.
pub trait Number: Element + Send + Sync {
    /// The name of the dtype.
    const NAME: &'static str;
}

impl Number for i32 {
    const NAME: &'static str = "int32";
}
impl Number for i64 {
    const NAME: &'static str = "int64";
}
impl Number for u64 {
    const NAME: &'static str = "uint64";
}
impl Number for f64 {
    const NAME: &'static str = "float64";
}

/// An array that a kernel reads; its memory stays where it is as long as this lives.
pub struct Input<T: Number>(Held<T>);

/// An array that a kernel writes; likewise.
pub struct Output<T: Number>(Held<T>);

struct Held<T: Number> {
    argument: &'static str,
    buffer: PyBuffer<T>,
}

impl<T: Number> Input<T> {
    /// Take an argument that is to be read, or say what is wrong with it.
    pub fn take(
        object: &Bound<'_, PyAny>,
        argument: &'static str,
        extents: Extents,
    ) -> Result<Self, Refusal> {
        Held::take(object, argument, extents).map(Self)
    }

    /// The extents found.
    pub fn shape(&self) -> &[usize] {
        self.0.buffer.shape()
    }

    /// The elements, last dimension fastest.
    pub fn elements(&self) -> &[T] {
        let (at, count) = self.0.place();
        // SAFETY: `take` saw `count` aligned elements of `T` one after the other at `at`; the
        // buffer stays exported while `self` lives, so that Python neither frees nor moves them,
        // and the module asks its callers not to write to them meanwhile.
        unsafe { std::slice::from_raw_parts(at, count) }
    }

    /// The memory, for [`refuse_shared`].
    pub fn span(&self) -> Span {
        self.0.span()
    }
}

impl<T: Number> Output<T> {
    /// Take an argument that is to be written, or say what is wrong with it.
    pub fn take(
        object: &Bound<'_, PyAny>,
        argument: &'static str,
        extents: Extents,
    ) -> Result<Self, Refusal> {
        let held = Held::<T>::take(object, argument, extents)?;
        if held.buffer.readonly() {
            return Err(Refusal::new(
                argument,
                "an array that can be written",
                "a read-only one",
            ));
        }
        Ok(Self(held))
    }

    /// The extents found.
    pub fn shape(&self) -> &[usize] {
        self.0.buffer.shape()
    }

    /// The elements, last dimension fastest.
    pub fn elements(&mut self) -> &mut [T] {
        let (at, count) = self.0.place();
        // SAFETY: as in `Input::elements`; besides, `take` saw that the memory may be written, and
        // `refuse_shared` that no other argument of the call lies in it.
        unsafe { std::slice::from_raw_parts_mut(at, count) }
    }

    /// The memory, for [`refuse_shared`].
    pub fn span(&self) -> Span {
        self.0.span()
    }
}

impl<T: Number> Held<T> {
    fn take(
        object: &Bound<'_, PyAny>,
        argument: &'static str,
        extents: Extents,
    ) -> Result<Self, Refusal> {
        let wanted = || format!("{} {}", contiguous::<T>(), shape_text(extents));
        let refused = |found: String| Refusal::new(argument, wanted(), found);
        let untyped = PyUntypedBuffer::get(object).map_err(|_| refused(described(object, None)))?;
        let format = untyped.format();
        let is_number = is_native(format) && T::is_compatible_format(format);
        if !is_number || untyped.item_size() != size_of::<T>() {
            return Err(refused(described(object, Some(untyped.format()))));
        }
        let shape = untyped.shape();
        let fits = shape.len() == extents.len()
            && shape
                .iter()
                .zip(extents)
                .all(|(found, wanted)| wanted.is_none_or(|e| e == *found));
        if !fits {
            return Err(refused(described(object, Some(untyped.format()))));
        }
        if !untyped.is_c_contiguous() {
            return Err(refused(format!("strides of {:?} bytes", untyped.strides())));
        }
        let buffer = untyped.into_typed::<T>().map_err(|_| {
            refused(format!(
                "memory that is not aligned to {} bytes",
                align_of::<T>()
            ))
        })?;
        Ok(Self { argument, buffer })
    }

    fn place(&self) -> (*mut T, usize) {
        (self.buffer.buf_ptr().cast(), self.buffer.item_count())
    }

    fn span(&self) -> Span {
        let begin = self.buffer.buf_ptr() as usize;
        Span {
            argument: self.argument,
            begin,
            end: begin + self.buffer.len_bytes(),
        }
    }
}

/// The memory of one argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Span {
    argument: &'static str,
    begin: usize,
    end: usize,
}

/// Refuse outputs that share memory with one another or with an input.
pub fn refuse_shared(outputs: &[Span], inputs: &[Span]) -> Result<(), Refusal> {
    for (number, output) in outputs.iter().enumerate() {
        let others = inputs.iter().chain(&outputs[number + 1..]);
        for other in others {
            if output.begin < other.end && other.begin < output.end {
                let found = format!("memory shared with {}", other.argument);
                return Err(Refusal::new(output.argument, "an array of its own", found));
            }
        }
    }
    Ok(())
}

/// Take a whole number within a range, both ends included, or say what is wrong with it.
pub fn integer(
    object: &Bound<'_, PyAny>,
    argument: &'static str,
    lowest: i64,
    highest: i64,
) -> Result<i64, Refusal> {
    let refused = || {
        let found = object
            .repr()
            .map_or_else(|_| "no number".to_owned(), |text| text.to_string());
        Refusal::new(
            argument,
            format!("a whole number from {lowest} to {highest}"),
            found,
        )
    };
    let number: i64 = object.extract().map_err(|_| refused())?;
    if (lowest..=highest).contains(&number) {
        Ok(number)
    } else {
        Err(refused())
    }
}

/// Take a finite number, or say what is wrong with it.
pub fn finite(object: &Bound<'_, PyAny>, argument: &'static str) -> Result<f64, Refusal> {
    let number: Option<f64> = object
        .extract()
        .ok()
        .filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| {
        let found = object
            .repr()
            .map_or_else(|_| "no number".to_owned(), |text| text.to_string());
        Refusal::new(argument, "a finite number", found)
    })
}

/// Return whether a format's byte order is this machine's; PyO3 looks at the kind alone.
fn is_native(format: &CStr) -> bool {
    let foreign: &[u8] = if cfg!(target_endian = "little") {
        b">!"
    } else {
        b"<"
    };
    !format
        .to_bytes()
        .first()
        .is_some_and(|order| foreign.contains(order))
}

fn contiguous<T: Number>() -> String {
    format!("a C-contiguous {} array of shape", T::NAME)
}

fn shape_text(extents: Extents) -> String {
    let words: Vec<String> = extents
        .iter()
        .map(|one| one.map_or_else(|| "any".to_owned(), |e| e.to_string()))
        .collect();
    format!("({})", words.join(", "))
}

/// Return in words what an argument is: numpy's own for its arrays, else format or type.
fn described(object: &Bound<'_, PyAny>, format: Option<&CStr>) -> String {
    let name_of = |object: &Bound<'_, PyAny>| {
        object
            .get_type()
            .name()
            .map_or_else(|_| "something".to_owned(), |name| name.to_string())
    };
    match (object.getattr("dtype"), object.getattr("shape"), format) {
        (Ok(dtype), Ok(shape), _) => format!("{dtype} of shape {shape}"),
        (_, _, Some(format)) => format!("{} of {}", name_of(object), format.to_string_lossy()),
        _ => name_of(object),
    }
}
