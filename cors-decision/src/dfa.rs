//! A compiled `regex:` entry and the bytes of an `Origin` come in; whether the whole value matches goes out.

/// A deterministic automaton as a plain table on borrowed data, anchored at both ends.
///
/// Permitted: any table that the compiler wrote. State `0` is dead: nothing leaves it.
/// Prohibited: states beyond the table. Such a state is taken for the dead one, so a damaged table can refuse an origin,
/// but neither panic nor run on.
///
/// A walk takes one step for each byte at most, whatever the pattern: no value can make it backtrack.
///
/// ```
/// # use cors_decision::Dfa;
/// // `a+`: the bytes fall into two classes, `a` and all others; state 1 is the start, state 2 accepts.
/// const CLASSES: [u8; 256] = { let mut classes = [0; 256]; classes[b'a' as usize] = 1; classes };
/// const A_PLUS: Dfa<'_> = Dfa::new(&CLASSES, b"\0\0\0\0\0\0\x02\0\0\0\x02\0", 2, 1, 2);
/// const _: () = assert!(A_PLUS.matches(b"aa") && !A_PLUS.matches(b"ab") && !A_PLUS.matches(b""));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dfa<'a> {
    /// The class of every byte. Bytes of one class are never told apart.
    pub classes: &'a [u8; 256],
    /// For each state a row with one entry for each class: the next state, two bytes, the low one first.
    /// (One byte string is one token to the Rust compiler, an array of integers is thousands.)
    pub transitions: &'a [u8],
    /// How many classes there are, that is, the length of a row.
    pub class_count: u16,
    /// The state before the first byte.
    pub start: u16,
    /// This state and all above it accept.
    pub first_accepting: u16,
}

impl<'a> Dfa<'a> {
    /// A table as the compiler prints it.
    ///
    /// Precondition: every class is below `class_count`, `transitions` holds whole rows, every state in it has a row, and row 0 leads
    /// back to state 0 only.
    #[must_use]
    pub const fn new(classes: &'a [u8; 256], transitions: &'a [u8], class_count: u16, start: u16, first_accepting: u16) -> Self {
        Self { classes, transitions, class_count, start, first_accepting }
    }

    /// The state that follows `state` when `byte` is read.
    #[must_use]
    pub const fn next(&self, state: u16, byte: u8) -> u16 {
        let class = self.classes[byte as usize] as usize;
        let at = (state as usize * self.class_count as usize + class) * 2;
        if at + 1 >= self.transitions.len() {
            return 0;
        }
        u16::from_le_bytes([self.transitions[at], self.transitions[at + 1]])
    }

    /// Whether a value may end in `state`.
    #[must_use]
    pub const fn accepts(&self, state: u16) -> bool {
        state != 0 && state >= self.first_accepting
    }

    /// Whether the whole of `input` matches. It stops at the first byte that leaves no hope.
    #[must_use]
    pub const fn matches(&self, input: &[u8]) -> bool {
        let mut state = self.start;
        let mut at = 0;
        while at < input.len() {
            state = self.next(state, input[at]);
            if state == 0 {
                return false;
            }
            at += 1;
        }
        self.accepts(state)
    }
}

#[cfg(test)]
mod tests {
    use super::Dfa;

    const CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        classes[b'a' as usize] = 1;
        classes[b'b' as usize] = 2;
        classes
    };

    /// `a(ba)*`: 1 is the start, 2 follows `ab`, 3 accepts.
    const TABLE: Dfa<'_> = Dfa::new(&CLASSES, b"\0\0\0\0\0\0\0\0\x03\0\0\0\0\0\x03\0\0\0\0\0\0\0\x02\0", 3, 1, 3);

    #[test]
    fn the_whole_value_must_match() {
        for (input, expected) in [
            (&b"a"[..], true),
            (b"aba", true),
            (b"ababa", true),
            (b"", false),
            (b"ab", false),
            (b"aab", false),
            (b"xa", false),
            (b"a\n", false),
            (b"a\xff", false),
        ] {
            assert_eq!(TABLE.matches(input), expected, "{input:?}");
        }
    }

    #[test]
    fn a_damaged_table_refuses_and_does_not_panic() {
        let short = Dfa { transitions: &TABLE.transitions[..9], ..TABLE };
        assert!(!short.matches(b"aba"));
        let beyond = Dfa { start: u16::MAX, ..TABLE };
        assert!(!beyond.matches(b"a"));
    }

    #[test]
    fn a_table_can_be_walked_at_compile_time() {
        const { assert!(TABLE.matches(b"aba") && !TABLE.matches(b"ab")) }
    }
}
