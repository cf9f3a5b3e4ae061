//! Programs: instructions that turn columns into rows of bits.

use std::ops::Range;

use super::comparing::{compare, crosses, Block, Operand, Pair};
use super::words::{clear_tail, join_last, lag, words_of, WORD_BARS};
use crate::bars_schema::*;

/// What programs read.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    /// Bars of each column.
    pub bars: usize,
    /// `[C, bars]`, flat.
    pub columns: &'a [f64],
    /// `[c]`.
    pub constants: &'a [f64],
    /// `[M, words]`, flat.
    pub masks: &'a [u64],
}

impl<'a> Table<'a> {
    fn operand(&self, code: i64, bars_late: i64) -> Operand<'a> {
        if code < 0 {
            return Operand::Constant(self.constants[(-1 - code) as usize]);
        }
        let first = code as usize * self.bars;
        Operand::Column(&self.columns[first..first + self.bars], bars_late as usize)
    }
}

/// One instruction.
#[derive(Clone, Copy)]
pub struct Step<'a>(&'a [i64]);

impl<'a> Step<'a> {
    /// The instructions of a program.
    pub fn all(program: &'a [i64]) -> impl Iterator<Item = Self> {
        program.chunks_exact(PROGRAM_WIDTH).map(Self)
    }

    /// What it holds in a column.
    pub fn get(self, column: usize) -> i64 {
        self.0[column]
    }

    fn operands<'t>(self, table: &Table<'t>, buffers: &'t mut [Block; 2]) -> Pair<'t> {
        let left = table.operand(self.get(STEP_LEFT), self.get(STEP_LEFT_LAG));
        let right = table.operand(self.get(STEP_RIGHT), self.get(STEP_RIGHT_LAG));
        Pair::new(left, right, buffers)
    }

    /// The register that it writes.
    fn out(self) -> usize {
        self.get(STEP_OUT) as usize
    }

    /// Whether the other finds the same columns crossing the other way.
    fn mirrors(self, other: Self) -> bool {
        let pairs = [
            (STEP_LEFT, STEP_RIGHT),
            (STEP_RIGHT, STEP_LEFT),
            (STEP_LEFT_LAG, STEP_RIGHT_LAG),
            (STEP_RIGHT_LAG, STEP_LEFT_LAG),
        ];
        self.get(STEP_CODE) == CODE_CROSS
            && other.get(STEP_CODE) == CODE_CROSS
            && self.get(STEP_OUT) != other.get(STEP_OUT)
            && pairs.iter().all(|&(a, b)| self.get(a) == other.get(b))
    }
}

/// Whether a program looks at words before its own: it must pass over all bars at once.
pub fn looks_back(program: &[i64]) -> bool {
    Step::all(program).any(|step| matches!(step.get(STEP_CODE), CODE_LAG | CODE_ALL | CODE_ANY))
}

/// Return how many registers programs write, from the first one on.
pub fn registers_of(program: &[i64]) -> usize {
    let outs = Step::all(program).map(|step| step.get(STEP_OUT) as usize + 1);
    outs.max().unwrap_or(0)
}

/// Room for what an instruction gives, until its register takes it over.
pub struct Spare {
    first: Vec<u64>,
    second: Vec<u64>,
    buffers: [Block; 2],
}

impl Spare {
    /// Return room for rows of these bars.
    pub fn new(bars: usize) -> Self {
        let words = words_of(bars);
        Self {
            first: vec![0; words],
            second: vec![0; words],
            buffers: [[0.0; WORD_BARS]; 2],
        }
    }
}

/// The rows that a program writes, kept from one program to the next.
#[derive(Default)]
pub struct Registers {
    rows: Vec<Vec<u64>>,
}

impl Registers {
    /// Return a register's row; an empty one where the register is -1 or nothing was written to it.
    pub fn row(&self, register: i64) -> &[u64] {
        let number = usize::try_from(register).ok();
        number
            .and_then(|number| self.rows.get(number))
            .map_or(&[], Vec::as_slice)
    }

    /// Make room for the rows that a program writes.
    pub fn reserve(&mut self, program: &[i64], words: usize) {
        let count = registers_of(program).max(self.rows.len());
        self.rows.resize(count, Vec::new());
        for step in Step::all(program) {
            self.rows[step.out()].resize(words, 0);
        }
    }

    /// Run a program that was checked, and has room, over some words: all, where it looks back.
    pub fn run(&mut self, table: &Table, program: &[i64], span: &Range<usize>, spare: &mut Spare) {
        let mut steps = Step::all(program).peekable();
        while let Some(step) = steps.next() {
            if step.get(STEP_CODE) == CODE_CROSS {
                let mirrored = steps.next_if(|next| step.mirrors(*next));
                self.cross(step, mirrored, table, span, spare);
            } else {
                let room = (
                    &mut spare.first[span.clone()],
                    &mut spare.second[span.clone()],
                );
                self.take(step, table, span, room, &mut spare.buffers);
                self.rows[step.out()][span.clone()].copy_from_slice(&spare.first[span.clone()]);
            }
            let last = &mut self.rows[step.out()];
            if span.end == last.len() {
                clear_tail(last, table.bars);
            }
        }
    }

    /// Write a crossing, and the one the other way where that is the next instruction.
    fn cross(
        &mut self,
        step: Step,
        mirrored: Option<Step>,
        table: &Table,
        span: &Range<usize>,
        spare: &mut Spare,
    ) {
        let pair = step.operands(table, &mut spare.buffers);
        let row = &mut self.rows[step.out()][span.clone()];
        crosses(pair, span.start, row, &mut spare.first[span.clone()]);
        if let Some(other) = mirrored {
            let row = &mut self.rows[other.out()];
            row[span.clone()].copy_from_slice(&spare.first[span.clone()]);
            if span.end == row.len() {
                clear_tail(row, table.bars);
            }
        }
    }

    /// Write what an instruction gives, but for a crossing, into the first room.
    fn take(
        &self,
        step: Step,
        table: &Table,
        span: &Range<usize>,
        (out, spare): (&mut [u64], &mut [u64]),
        buffers: &mut [Block; 2],
    ) {
        let code = step.get(STEP_CODE);
        if code <= CODE_EQ {
            let pair = step.operands(table, buffers);
            match code {
                CODE_LT => compare(pair, span.start, out, |a, b| a < b),
                CODE_LE => compare(pair, span.start, out, |a, b| a <= b),
                _ => compare(pair, span.start, out, |a, b| a == b),
            }
            return;
        }
        if code == CODE_MASK {
            let row = step.get(STEP_LEFT) as usize * words_of(table.bars);
            out.copy_from_slice(&table.masks[row + span.start..row + span.end]);
            return;
        }
        let left = &self.rows[step.get(STEP_LEFT) as usize][span.clone()];
        let right = step.get(STEP_RIGHT) as usize;
        match code {
            CODE_AND => join(left, &self.rows[right][span.clone()], out, |a, b| a & b),
            CODE_OR => join(left, &self.rows[right][span.clone()], out, |a, b| a | b),
            CODE_NOT => join(left, left, out, |a, _| !a),
            CODE_LAG => lag(left, right, out),
            _ => {
                out.copy_from_slice(left);
                match code {
                    CODE_ALL => join_last(out, right, spare, |a, b| a & b),
                    _ => join_last(out, right, spare, |a, b| a | b),
                }
            }
        }
    }
}

fn join(left: &[u64], right: &[u64], out: &mut [u64], bits: impl Fn(u64, u64) -> u64) {
    for (word, (a, b)) in out.iter_mut().zip(left.iter().zip(right)) {
        *word = bits(*a, *b);
    }
}

/// Run a checked program and write the rows of its registers; other rows stay as they are.
pub fn evaluate(table: &Table, program: &[i64], registers: &mut [u64]) {
    let (mut own, words) = (Registers::default(), words_of(table.bars));
    own.reserve(program, words);
    own.run(table, program, &(0..words), &mut Spare::new(table.bars));
    for (row, found) in registers.chunks_exact_mut(words.max(1)).zip(&own.rows) {
        if !found.is_empty() {
            row.copy_from_slice(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::checks::check_evaluation;

    const NAN: f64 = f64::NAN;

    /// Two columns of eight bars, which cross each other both ways, a constant and a mask.
    const COLUMNS: [f64; 16] = [
        1.0, 2.0, 3.0, 3.0, 2.0, NAN, 4.0, 1.0, // a
        2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0, 2.0, // b
    ];

    fn evaluated(program: &[[i64; PROGRAM_WIDTH]], registers: usize) -> Vec<u64> {
        let table = Table {
            bars: 8,
            columns: &COLUMNS,
            constants: &[3.0],
            masks: &[0xff15],
        };
        let mut rows = vec![u64::MAX; registers];
        check_evaluation(&table, program.as_flattened(), &rows).unwrap();
        evaluate(&table, program.as_flattened(), &mut rows);
        rows
    }

    #[test]
    fn each_instruction_does_what_its_name_says() {
        let rows = evaluated(
            &[
                [CODE_LT, 0, 0, 0, 1, 0],
                [CODE_LE, 1, 0, 0, 1, 0],
                [CODE_EQ, 2, 0, 0, -1, 0],
                [CODE_LT, 3, -1, 0, 0, 1],
                [CODE_MASK, 4, 0, 0, 0, 0],
                [CODE_AND, 5, 0, 0, 4, 0],
                [CODE_OR, 6, 0, 0, 4, 0],
                [CODE_NOT, 7, 1, 0, 0, 0],
                [CODE_LAG, 8, 4, 0, 3, 0],
                [CODE_ALL, 9, 1, 0, 2, 0],
                [CODE_ANY, 10, 2, 0, 2, 0],
            ],
            12,
        );
        let wanted = [
            0b1001_0001,
            0b1001_1011,
            0b0000_1100,
            0b1000_0000,
            0b0001_0101,
            0b0001_0001,
            0b1001_0101,
            0b0110_0100,
            0b1010_1000,
            0b0001_0010,
            0b0001_1100,
            u64::MAX, // nobody writes it
        ];
        assert_eq!(rows, wanted);
    }

    #[test]
    fn crossings_are_the_same_alone_and_beside_their_mirror() {
        let (above, below) = ([CODE_CROSS, 0, 0, 0, 1, 0], [CODE_CROSS, 1, 1, 0, 0, 0]);
        let both = evaluated(&[above, below], 2);
        assert_eq!(both, [0b0000_0100, 0b1001_0000]);
        assert_eq!(evaluated(&[above], 1), both[..1]);
        let apart = [below, [CODE_NOT, 2, 1, 0, 0, 0], above];
        assert_eq!(evaluated(&apart, 3)[..2], both);
        // the second writes over the first
        assert_eq!(
            evaluated(&[above, [CODE_CROSS, 0, 1, 0, 0, 0]], 1),
            both[1..]
        );
        // a mirror with other lags is none
        let late = evaluated(&[above, [CODE_CROSS, 1, 1, 1, 0, 0]], 2);
        assert_eq!(late[0], both[0]);
        assert_eq!(late[1], evaluated(&[[CODE_CROSS, 0, 1, 1, 0, 0]], 1)[0]);
    }

    #[test]
    fn an_instruction_may_write_what_it_reads() {
        let mask = [CODE_MASK, 0, 0, 0, 0, 0];
        let after = |step| evaluated(&[mask, step], 1)[0];
        assert_eq!(after([CODE_NOT, 0, 0, 0, 0, 0]), 0b1110_1010);
        assert_eq!(after([CODE_LAG, 0, 0, 0, 2, 0]), 0b0101_0100);
        assert_eq!(after([CODE_ANY, 0, 0, 0, 3, 0]), 0b0111_1111);
        assert_eq!(after([CODE_AND, 0, 0, 0, 0, 0]), 0b0001_0101);
    }
}
