//! Rows of bits, one a bar: bit i of a row is bit `i % 64` of its word `i / 64`.

/// Bars in a word.
pub const WORD_BARS: usize = 64;
/// A bar that no segment reaches.
pub const NEVER: usize = usize::MAX;

/// Return the words that hold a bit for each of these bars.
pub fn words_of(bars: usize) -> usize {
    bars.div_ceil(WORD_BARS)
}

/// Clear the bits beyond the last bar.
pub fn clear_tail(row: &mut [u64], bars: usize) {
    if let Some(last) = row.last_mut() {
        *last &= u64::MAX >> ((WORD_BARS - bars % WORD_BARS) % WORD_BARS);
    }
}

/// Write a row moved `by` bars later; its first bars are false. Bits beyond the last bar may be set.
pub fn lag(row: &[u64], by: usize, out: &mut [u64]) {
    let (whole, rest) = (by / WORD_BARS, (by % WORD_BARS) as u32);
    let (empty, filled) = out.split_at_mut(whole.min(row.len()));
    empty.fill(0);
    let kept = &row[..filled.len()];
    if rest == 0 {
        filled.copy_from_slice(kept);
        return;
    }
    let mut carry = 0;
    for (word, from) in filled.iter_mut().zip(kept) {
        *word = from << rest | carry;
        carry = from >> (u64::BITS - rest);
    }
}

/// Join each bit of a row with those of the `count - 1` bars before it; before the first is false.
///
/// The window doubles: each pass joins it with itself, moved by its own width.
pub fn join_last(row: &mut [u64], count: usize, spare: &mut [u64], join: impl Fn(u64, u64) -> u64) {
    let mut width = 1;
    while width < count {
        let step = width.min(count - width);
        lag(row, step, spare);
        for (word, moved) in row.iter_mut().zip(&*spare) {
            *word = join(*word, *moved);
        }
        width += step;
    }
}

/// Finds the bars of a row, one after the other: `next` is called with bars that never fall.
pub struct Cursor<'a> {
    row: &'a [u64],
    barred: &'a [u64],
    found: Option<usize>,
}

impl<'a> Cursor<'a> {
    /// Look for the bits of `row` that are not in `barred`; an empty row has none.
    pub fn new(row: &'a [u64], barred: &'a [u64]) -> Self {
        Self {
            row,
            barred,
            found: None,
        }
    }

    /// Return the first bar from `from` on; [`NEVER`] if there is none.
    #[inline]
    pub fn next(&mut self, from: usize) -> usize {
        match self.found {
            Some(bar) if bar >= from => bar,
            _ => {
                let bar = self.search(from);
                self.found = Some(bar);
                bar
            }
        }
    }

    fn word(&self, number: usize) -> u64 {
        self.row[number] & !self.barred.get(number).copied().unwrap_or(0)
    }

    fn search(&self, from: usize) -> usize {
        let first = from / WORD_BARS;
        if first >= self.row.len() {
            return NEVER;
        }
        let mut number = first;
        let mut word = self.word(first) & (u64::MAX << (from % WORD_BARS));
        while word == 0 {
            number += 1;
            if number >= self.row.len() {
                return NEVER;
            }
            word = self.word(number);
        }
        number * WORD_BARS + word.trailing_zeros() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Return a row of these bits, and these bits of a row.
    fn row(bits: &[bool]) -> Vec<u64> {
        let mut words = vec![0; words_of(bits.len())];
        for (bar, bit) in bits.iter().enumerate() {
            words[bar / 64] |= u64::from(*bit) << (bar % 64);
        }
        words
    }

    fn sample(bars: usize) -> Vec<bool> {
        (0..bars).map(|bar| (bar * bar / 7) % 3 == 0).collect()
    }

    #[test]
    fn a_row_moves_by_any_number_of_bars() {
        for bars in [1, 63, 64, 65, 200] {
            let bits = sample(bars);
            for by in [0, 1, 5, 63, 64, 65, 128, 199, 200, 10_000, usize::MAX] {
                let mut out = vec![u64::MAX; words_of(bars)];
                lag(&row(&bits), by, &mut out);
                clear_tail(&mut out, bars);
                let wanted: Vec<bool> = (0..bars).map(|bar| bar >= by && bits[bar - by]).collect();
                assert_eq!(out, row(&wanted), "{bars} bars by {by}");
            }
        }
    }

    #[test]
    fn the_last_bars_are_joined_and_those_before_the_first_are_false() {
        for bars in [1, 64, 130] {
            let bits: Vec<bool> = (0..bars).map(|bar| bar % 11 != 3).collect();
            for count in [1, 2, 3, 7, 8, 64, 65, 100, 1_000, usize::MAX] {
                let of_last = |bar: usize, back: usize| bar >= back && bits[bar - back];
                let backs = |bar: usize| 0..count.min(bar + 2);
                let all = |bar| backs(bar).all(|back| of_last(bar, back));
                let any = |bar| backs(bar).any(|back| of_last(bar, back));
                let mut spare = vec![0; words_of(bars)];
                let mut found = row(&bits);
                join_last(&mut found, count, &mut spare, |a, b| a & b);
                assert_eq!(found, row(&(0..bars).map(all).collect::<Vec<_>>()));
                let mut found = row(&bits);
                join_last(&mut found, count, &mut spare, |a, b| a | b);
                clear_tail(&mut found, bars);
                assert_eq!(found, row(&(0..bars).map(any).collect::<Vec<_>>()));
            }
        }
    }

    #[test]
    fn a_cursor_finds_every_bar_that_is_not_barred() {
        let (bits, barred) = (sample(300), [row(&sample(70)), vec![0; 3]].concat());
        let words = row(&bits);
        let is_in = |words: &[u64], bar: usize| words[bar / 64] >> (bar % 64) & 1 == 1;
        for step in [1, 2, 50] {
            let mut cursor = Cursor::new(&words, &barred);
            for from in (0..300).step_by(step) {
                let wanted = (from..300).find(|&bar| bits[bar] && !is_in(&barred, bar));
                assert_eq!(cursor.next(from), wanted.unwrap_or(NEVER));
            }
        }
        assert_eq!(Cursor::new(&[], &[]).next(0), NEVER);
        assert_eq!(Cursor::new(&[1], &[]).next(64), NEVER);
    }
}
