//! In which order the files of an archive are visited.

use std::fmt;
use std::str::FromStr;

/// In which order events, and the raw files of an event, are visited. The results are the same.
///
/// A disk that seeks, or reads ahead, wants its files in the order in which they lie on it. File
/// systems give out inode numbers and space side by side, so that inode numbers, which every
/// listing of a directory brings for nothing, tell that order well enough; asking for the place of
/// each file (FIEMAP) would mean to open it once more, which costs the seeks that it saves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum IoOrder {
    /// By inode number: events by that of their directory, files by their own. By name where the
    /// system has no inode numbers.
    #[default]
    Inode,
    /// By name.
    Name,
    /// As the file system lists them, which on many is no order at all.
    Listed,
}

impl IoOrder {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Inode, Self::Name, Self::Listed];

    /// The short name: `inode`, `name` or `listed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inode => "inode",
            Self::Name => "name",
            Self::Listed => "listed",
        }
    }

    /// Sorts what a directory lists, each with a name and an inode number.
    pub(super) fn sort<T, N: Ord + ?Sized>(
        self,
        entries: &mut [T],
        name: impl Fn(&T) -> &N,
        inode: impl Fn(&T) -> u64,
    ) {
        match self {
            Self::Inode => {
                entries.sort_unstable_by(|a, b| {
                    inode(a).cmp(&inode(b)).then_with(|| name(a).cmp(name(b)))
                });
            }
            Self::Name => entries.sort_unstable_by(|a, b| name(a).cmp(name(b))),
            Self::Listed => {}
        }
    }
}

impl fmt::Display for IoOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for IoOrder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|order| order.name() == text)
            .ok_or_else(|| format!("{text:?} is not inode, name or listed"))
    }
}

/// The inode number of a directory's entry; 0 where there are none.
#[cfg(unix)]
pub(super) fn inode(entry: &std::fs::DirEntry) -> u64 {
    std::os::unix::fs::DirEntryExt::ino(entry)
}

/// The inode number of a directory's entry; 0 where there are none.
#[cfg(not(unix))]
pub(super) fn inode(_entry: &std::fs::DirEntry) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_sort_as_they_are_called() {
        let listed = [("b", 2_u64), ("a", 3), ("c", 2)];
        let sorted = |order: IoOrder| {
            let mut entries = listed;
            order.sort(&mut entries, |e| e.0, |e| e.1);
            entries.map(|e| e.0)
        };
        assert_eq!(sorted(IoOrder::Inode), ["b", "c", "a"]);
        assert_eq!(sorted(IoOrder::Name), ["a", "b", "c"]);
        assert_eq!(sorted(IoOrder::Listed), ["b", "a", "c"]);
        for order in IoOrder::ALL {
            assert_eq!(order.to_string().parse(), Ok(order));
        }
        assert!("random".parse::<IoOrder>().is_err());
    }
}
