//! Columns compared 64 bars at a time: the bits of a word, without a branch.

use super::words::{clear_tail, WORD_BARS};

/// The values of the bars of one word.
type Block = [f64; WORD_BARS];

/// An operand of a comparison.
#[derive(Clone, Copy)]
pub enum Operand<'a> {
    /// A column, and how many bars it is read late.
    Column(&'a [f64], usize),
    /// The same number in every bar.
    Constant(f64),
}

/// Hands out an operand's values by words; a bar without a value is NaN, which no comparison likes.
struct Blocks<'a> {
    operand: Operand<'a>,
    buffer: Block,
}

impl<'a> Blocks<'a> {
    fn new(operand: Operand<'a>) -> Self {
        let buffer = match operand {
            Operand::Constant(value) => [value; WORD_BARS],
            Operand::Column(..) => [f64::NAN; WORD_BARS],
        };
        Self { operand, buffer }
    }

    #[inline]
    fn of_word(&mut self, number: usize) -> &Block {
        let Operand::Column(values, lag) = self.operand else {
            return &self.buffer;
        };
        let bar = number * WORD_BARS;
        let whole = bar
            .checked_sub(lag)
            .and_then(|first| values[first..].first_chunk());
        whole.unwrap_or_else(|| self.partial(bar, values, lag))
    }

    /// Fill the buffer with the values that there are for a word's bars.
    #[cold]
    fn partial(&mut self, bar: usize, values: &[f64], lag: usize) -> &Block {
        self.buffer.fill(f64::NAN);
        for (place, slot) in self.buffer.iter_mut().enumerate() {
            let value = (bar + place)
                .checked_sub(lag)
                .and_then(|from| values.get(from));
            *slot = value.copied().unwrap_or(f64::NAN);
        }
        &self.buffer
    }
}

/// Write where left is less than right.
pub fn less(left: Operand, right: Operand, bars: usize, out: &mut [u64]) {
    fill(left, right, bars, out, |a, b| a < b);
}

/// Write where left is at most right.
pub fn at_most(left: Operand, right: Operand, bars: usize, out: &mut [u64]) {
    fill(left, right, bars, out, |a, b| a <= b);
}

/// Write where left equals right.
pub fn equal(left: Operand, right: Operand, bars: usize, out: &mut [u64]) {
    fill(left, right, bars, out, |a, b| a == b);
}

/// Write where left crosses above right, and where it crosses below.
///
/// `a > b` is `a >= b` without `a <= b`, also where one is NaN: two comparisons serve for all four.
pub fn crosses(left: Operand, right: Operand, bars: usize, above: &mut [u64], below: &mut [u64]) {
    let (mut lefts, mut rights) = (Blocks::new(left), Blocks::new(right));
    let (mut was_most, mut was_least) = (0, 0);
    for (number, (above, below)) in above.iter_mut().zip(&mut *below).enumerate() {
        let (a, b) = (lefts.of_word(number), rights.of_word(number));
        let (most, least) = (bits(a, b, |a, b| a <= b), bits(b, a, |a, b| a <= b));
        *above = least & !most & (most << 1 | was_most);
        *below = most & !least & (least << 1 | was_least);
        (was_most, was_least) = (most >> 63, least >> 63);
    }
    clear_tail(above, bars);
    clear_tail(below, bars);
}

#[inline]
fn fill(
    left: Operand,
    right: Operand,
    bars: usize,
    out: &mut [u64],
    holds: impl Fn(f64, f64) -> bool + Copy,
) {
    let (mut lefts, mut rights) = (Blocks::new(left), Blocks::new(right));
    for (number, word) in out.iter_mut().enumerate() {
        *word = bits(lefts.of_word(number), rights.of_word(number), holds);
    }
    clear_tail(out, bars);
}

/// The bit of each bar of a word.
const BITS: [u64; WORD_BARS] = {
    let mut bits = [0; WORD_BARS];
    let mut place = 0;
    while place < WORD_BARS {
        bits[place] = 1 << place;
        place += 1;
    }
    bits
};

/// Return the bits of a comparison of 64 bars.
///
/// Written for compilers that make vectors of loops: a mask and a bit for each bar, and one sum.
#[inline(always)]
fn bits(left: &Block, right: &Block, holds: impl Fn(f64, f64) -> bool) -> u64 {
    let mut word = 0;
    for ((a, b), bit) in left.iter().zip(right).zip(&BITS) {
        word |= if holds(*a, *b) { *bit } else { 0 };
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::words::words_of;

    fn column(bars: usize, stride: usize) -> Vec<f64> {
        let value = |bar: usize| match bar * stride % 13 {
            0 => f64::NAN,
            1 => -0.0,
            2 => 0.0,
            3 => f64::INFINITY,
            other => (other % 5) as f64,
        };
        (0..bars).map(value).collect()
    }

    fn at(operand: Operand, bar: usize) -> Option<f64> {
        match operand {
            Operand::Constant(value) => Some(value),
            Operand::Column(values, lag) => bar.checked_sub(lag).map(|from| values[from]),
        }
    }

    /// Return the bits of a comparison, bar by bar.
    fn plain(
        left: Operand,
        right: Operand,
        bars: usize,
        holds: impl Fn(f64, f64) -> bool,
    ) -> Vec<bool> {
        let one = |bar| {
            at(left, bar)
                .zip(at(right, bar))
                .is_some_and(|(a, b)| holds(a, b))
        };
        (0..bars).map(one).collect()
    }

    fn bools(words: &[u64], bars: usize) -> Vec<bool> {
        assert_eq!(words.len(), words_of(bars));
        let bit = |bar: usize| words[bar / 64] >> (bar % 64) & 1 == 1;
        assert!(
            (bars..words.len() * 64).all(|bar| !bit(bar)),
            "a tail is set"
        );
        (0..bars).map(bit).collect()
    }

    fn operands(bars: usize, check: impl Fn(Operand, Operand)) {
        let (first, second) = (column(bars, 5), column(bars, 7));
        for lag in [0, 1, 63, 64, 70, 1_000, usize::MAX] {
            check(Operand::Column(&first, lag), Operand::Column(&second, 0));
            check(Operand::Column(&first, 2), Operand::Column(&second, lag));
            check(Operand::Column(&first, lag), Operand::Constant(2.0));
            check(Operand::Constant(0.0), Operand::Column(&second, lag));
        }
        check(Operand::Column(&first, 0), Operand::Constant(f64::NAN));
        check(Operand::Constant(1.0), Operand::Constant(1.0));
    }

    #[test]
    fn comparisons_are_those_of_the_values_of_each_bar() {
        for bars in [1, 63, 64, 65, 127, 300] {
            operands(bars, |left, right| {
                let mut out = vec![0; words_of(bars)];
                less(left, right, bars, &mut out);
                assert_eq!(bools(&out, bars), plain(left, right, bars, |a, b| a < b));
                at_most(left, right, bars, &mut out);
                assert_eq!(bools(&out, bars), plain(left, right, bars, |a, b| a <= b));
                equal(left, right, bars, &mut out);
                assert_eq!(bools(&out, bars), plain(left, right, bars, |a, b| a == b));
            });
        }
    }

    #[test]
    fn a_crossing_needs_both_sides_of_it() {
        for bars in [1, 64, 65, 300] {
            operands(bars, |left, right| {
                let (mut above, mut below) = (vec![0; words_of(bars)], vec![0; words_of(bars)]);
                crosses(left, right, bars, &mut above, &mut below);
                for (found, (a, b)) in [(above, (left, right)), (below, (right, left))] {
                    let now = plain(a, b, bars, |a, b| a > b);
                    let before = plain(a, b, bars, |a, b| a <= b);
                    let wanted: Vec<bool> = (0..bars)
                        .map(|bar| bar > 0 && now[bar] && before[bar - 1])
                        .collect();
                    assert_eq!(bools(&found, bars), wanted);
                }
            });
        }
    }
}
