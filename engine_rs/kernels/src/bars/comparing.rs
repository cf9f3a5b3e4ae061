//! Columns compared 64 bars at a time: the bits of a word, without a branch.

use super::words::WORD_BARS;

/// The values of the bars of one word.
pub type Block = [f64; WORD_BARS];

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
    buffer: &'a mut Block,
}

impl<'a> Blocks<'a> {
    #[inline]
    fn new(operand: Operand<'a>, buffer: &'a mut Block) -> Self {
        if let Operand::Constant(value) = operand {
            buffer.fill(value);
        }
        Self { operand, buffer }
    }

    #[inline]
    fn of_word(&mut self, number: usize) -> &Block {
        let Operand::Column(values, lag) = self.operand else {
            return self.buffer;
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
        self.buffer
    }
}

impl Operand<'_> {
    /// Its number in a bar; NaN where it has none.
    fn at(self, bar: usize) -> f64 {
        match self {
            Self::Constant(value) => value,
            Self::Column(values, lag) => {
                let found = bar.checked_sub(lag).and_then(|from| values.get(from));
                found.copied().unwrap_or(f64::NAN)
            }
        }
    }
}

/// Two operands, and room for a word of each.
pub struct Pair<'a> {
    left: Operand<'a>,
    right: Operand<'a>,
    buffers: &'a mut [Block; 2],
}

impl<'a> Pair<'a> {
    /// Return a pair; what its room holds does not matter.
    pub fn new(left: Operand<'a>, right: Operand<'a>, buffers: &'a mut [Block; 2]) -> Self {
        Self {
            left,
            right,
            buffers,
        }
    }

    /// Whether a comparison holds in a bar.
    fn holds(&self, bar: usize, holds: impl Fn(f64, f64) -> bool) -> bool {
        holds(self.left.at(bar), self.right.at(bar))
    }

    #[inline]
    fn blocks(self) -> [Blocks<'a>; 2] {
        let [left, right] = self.buffers;
        [Blocks::new(self.left, left), Blocks::new(self.right, right)]
    }
}

/// Write where a comparison holds, from word `first` on. Bits beyond the last bar may be set.
#[inline]
pub fn compare(pair: Pair, first: usize, out: &mut [u64], holds: impl Fn(f64, f64) -> bool + Copy) {
    let [mut lefts, mut rights] = pair.blocks();
    for (number, word) in (first..).zip(out) {
        *word = bits(lefts.of_word(number), rights.of_word(number), holds);
    }
}

/// Write where left crosses above right, and where it crosses below, from word `first` on. Bits
/// beyond the last bar may be set.
///
/// `a > b` is `a >= b` without `a <= b`, also where one is NaN: two comparisons serve for all four.
#[inline]
pub fn crosses(pair: Pair, first: usize, above: &mut [u64], below: &mut [u64]) {
    let before = (first * WORD_BARS).checked_sub(1);
    let held =
        |holds: fn(f64, f64) -> bool| u64::from(before.is_some_and(|bar| pair.holds(bar, holds)));
    let (mut was_most, mut was_least) = (held(|a, b| a <= b), held(|a, b| b <= a));
    let [mut lefts, mut rights] = pair.blocks();
    for (number, (above, below)) in (first..).zip(above.iter_mut().zip(below)) {
        let (a, b) = (lefts.of_word(number), rights.of_word(number));
        let (most, least) = (at_most(a, b), at_most(b, a));
        *above = least & !most & (most << 1 | was_most);
        *below = most & !least & (least << 1 | was_least);
        (was_most, was_least) = (most >> 63, least >> 63);
    }
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

/// Return where left is at most right.
///
/// Kept apart: compiled into a loop with its mirror, it no longer finds room in registers.
#[inline(never)]
fn at_most(left: &Block, right: &Block) -> u64 {
    bits(left, right, |a, b| a <= b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::words::{clear_tail, words_of};

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

    fn room() -> [Block; 2] {
        [[7.0; WORD_BARS]; 2]
    }

    /// Return the bits of words that were written from the first one on, block by block.
    fn blocks(bars: usize, size: usize, mut write: impl FnMut(usize, &mut [u64])) -> Vec<bool> {
        let mut words = vec![0; words_of(bars)];
        for (number, block) in words.chunks_mut(size).enumerate() {
            write(number * size, block);
        }
        clear_tail(&mut words, bars);
        let bit = |bar: usize| words[bar / 64] >> (bar % 64) & 1 == 1;
        (0..bars).map(bit).collect()
    }

    fn compared(
        (left, right): (Operand, Operand),
        bars: usize,
        holds: impl Fn(f64, f64) -> bool + Copy,
    ) {
        let wanted = plain(left, right, bars, holds);
        for size in [1, 2, 100] {
            let found = blocks(bars, size, |first, out| {
                compare(Pair::new(left, right, &mut room()), first, out, holds);
            });
            assert_eq!(found, wanted);
        }
    }

    /// Return the bits of a comparison, bar by bar.
    fn plain(
        left: Operand,
        right: Operand,
        bars: usize,
        holds: impl Fn(f64, f64) -> bool,
    ) -> Vec<bool> {
        (0..bars)
            .map(|bar| holds(left.at(bar), right.at(bar)))
            .collect()
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
                compared((left, right), bars, |a, b| a < b);
                compared((left, right), bars, |a, b| a <= b);
                compared((left, right), bars, |a, b| a == b);
            });
        }
    }

    #[test]
    fn a_crossing_needs_both_sides_of_it() {
        for (bars, size) in [(1, 1), (64, 1), (65, 1), (300, 2), (300, 100)] {
            operands(bars, |left, right| {
                let above = blocks(bars, size, |first, out| {
                    crosses(
                        Pair::new(left, right, &mut room()),
                        first,
                        out,
                        &mut [0; 100],
                    );
                });
                let below = blocks(bars, size, |first, out| {
                    crosses(
                        Pair::new(left, right, &mut room()),
                        first,
                        &mut [0; 100],
                        out,
                    );
                });
                for (found, (a, b)) in [(above, (left, right)), (below, (right, left))] {
                    let now = plain(a, b, bars, |a, b| a > b);
                    let before = plain(a, b, bars, |a, b| a <= b);
                    let wanted: Vec<bool> = (0..bars)
                        .map(|bar| bar > 0 && now[bar] && before[bar - 1])
                        .collect();
                    assert_eq!(found, wanted);
                }
            });
        }
    }
}
