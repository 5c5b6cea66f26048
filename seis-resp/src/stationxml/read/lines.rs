//! Lines and columns of byte offsets.

/// Turns byte offsets into lines and columns, in time proportional to the way from the last one.
///
/// A hostile document can be all problems, and one line; counting from its beginning for each of
/// them would take for ever.
#[derive(Debug, Default)]
pub(super) struct Lines {
    offset: usize,
    /// Newlines before `offset`.
    newlines: usize,
    /// Where the line of `offset` begins.
    line_start: usize,
}

impl Lines {
    /// Line and column, from 1.
    pub(super) fn locate(&mut self, document: &[u8], offset: usize) -> (u64, u64) {
        let offset = offset.min(document.len());
        if offset >= self.offset {
            let way = document.get(self.offset..offset).unwrap_or_default();
            self.newlines += memchr::memchr_iter(b'\n', way).count();
            if let Some(last) = memchr::memrchr(b'\n', way) {
                self.line_start = self.offset + last + 1;
            }
        } else {
            let way = document.get(offset..self.offset).unwrap_or_default();
            self.newlines -= memchr::memchr_iter(b'\n', way).count();
            if offset < self.line_start {
                let before = document.get(..offset).unwrap_or_default();
                self.line_start = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
            }
        }
        self.offset = offset;
        (self.newlines as u64 + 1, (offset - self.line_start) as u64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwards_and_backwards() {
        let text = b"ab\ncd\n\nef";
        let expected =
            [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (4, 1), (4, 2), (4, 3)];
        let mut lines = Lines::default();
        for from in 0..expected.len() {
            for (to, place) in expected.into_iter().enumerate() {
                lines.locate(text, from);
                assert_eq!(lines.locate(text, to), place, "{from} {to}");
            }
        }
        assert_eq!(lines.locate(text, 1000), (4, 3));
    }
}
