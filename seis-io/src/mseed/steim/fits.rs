//! How many differences fit into a word, wherever it may start.
//!
//! How many a word takes decides where the next one starts: a chain that lets no two words be
//! worked on at a time. So where a word ends that starts at a place is found for all places at
//! once, in bytes, most of which are never used; what remains in the chain is one look into a
//! table of 256 bytes, whose index is the whole of a byte.

use super::lanes::Lanes;

/// Places that are looked at in one go.
pub(super) const PLACES: usize = 128;

/// What words that start at the last of these places may reach beyond.
const REACH: usize = 8;

/// Samples from the one before a difference on: what words at [`PLACES`] places may hold.
pub(super) type Window = [i32; PLACES + REACH + 1];

/// Differences of a frame, at most.
const FRAME: usize = 15 * 7;

/// Where words end, for the next places of a series; `TWO` for Steim-2.
pub(super) struct Fits<const TWO: bool> {
    /// Index of the difference that has place [`REACH`] for the first time around.
    base: usize,
    /// What is looked at: the differences before this one.
    looked: usize,
    /// How wide the last ones looked at are, in the lowest 8 bits and in those from the seventh.
    low: [u8; REACH],
    high: [u8; REACH],
    /// Whether one in the last look needs more than 30 bits.
    too_large: bool,
    /// The place behind the last difference of a word that starts here; the place itself where
    /// no word can, since the series ends or the difference does not fit.
    next: [u8; 2 * PLACES],
}

impl<const TWO: bool> Fits<TWO> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self {
            base: 0,
            looked: 0,
            low: [0; REACH],
            high: [0; REACH],
            too_large: false,
            next: [0; 2 * PLACES],
        }
    }

    /// Places where the words of a frame start that goes on with a difference, and of the end: of
    /// those before the `first` word the same as its.
    #[inline(always)]
    pub(super) fn starts<L: Lanes>(
        &mut self,
        lanes: L,
        samples: &[i32],
        done: usize,
        window: &Window,
        first: usize,
    ) -> [usize; 17] {
        if self.looked < done {
            (self.base, self.looked) = (done, done);
        }
        // Not beyond all samples, but up to the place behind them.
        while self.looked < done + FRAME + REACH && self.looked <= samples.len() + REACH {
            let copy;
            let window = if self.looked == done {
                window
            } else {
                match window_at(samples, self.looked) {
                    Some(window) => window,
                    None => {
                        copy = window_at_edge(samples, self.looked);
                        &copy
                    }
                }
            };
            self.look(lanes, samples, window);
        }
        let start = (done + REACH - self.base) & (2 * PLACES - 1);
        let mut starts = [start; 17];
        for i in 1..16 {
            if i >= first {
                starts[i + 1] = usize::from(self.next[starts[i]]);
            }
        }
        starts
    }

    /// Looks at the next differences, in the window that starts there.
    #[inline(always)]
    fn look<L: Lanes>(&mut self, lanes: L, samples: &[i32], window: &Window) {
        let there = samples.len().saturating_sub(self.looked);
        let place = (self.looked - self.base) & PLACES;
        let Some(Ok(next)) =
            self.next.get_mut(place..place + PLACES).map(<&mut [u8; PLACES]>::try_from)
        else {
            return;
        };
        let mut low = [0_u8; PLACES + REACH];
        low[..REACH].copy_from_slice(&self.low);
        let bytes_before = u64::from_ne_bytes(self.low) & 0x8080_8080_8080_8080 == 0;
        // What is beyond 16 bits needs not be told apart to choose between 1 and 2 in a word; in
        // Steim-1, whose limit for 2 is 16 bits, a bit less of each is looked at.
        let mut magnitudes = [[0_u16; 32]; PLACES / 32];
        let widest = lanes.magnitudes::<TWO>(window, &mut magnitudes);
        for (low, magnitudes) in low[REACH..].chunks_exact_mut(32).zip(&magnitudes) {
            low.copy_from_slice(&lanes.low(magnitudes));
        }
        // Behind the end nothing fits.
        if there < PLACES {
            low[REACH + there..].fill(u8::MAX);
        }
        self.low.copy_from_slice(&low[PLACES..]);
        // Where n differences fit, fewer do, with more bits each: what fits can be counted.
        if TWO && widest < 1 << 7 && bytes_before && there >= PLACES {
            for i in 0..PLACES {
                let four = low[i].max(low[i + 1]).max(low[i + 2]).max(low[i + 3]);
                let five = four.max(low[i + 4]);
                let six = five.max(low[i + 5]);
                let seven = six.max(low[i + 6]);
                let number =
                    4 + u8::from(five < 1 << 5) + u8::from(six < 1 << 4) + u8::from(seven < 1 << 3);
                next[i] = ((place + i) as u8).wrapping_add(number);
            }
            self.high = [0; REACH];
            self.looked += PLACES;
            return;
        }
        let mut high = [0_u8; PLACES + REACH];
        high[..REACH].copy_from_slice(&self.high);
        for (high, magnitudes) in high[REACH..].chunks_exact_mut(32).zip(&magnitudes) {
            high.copy_from_slice(&lanes.high(magnitudes));
        }
        if there < PLACES {
            high[REACH + there..].fill(u8::MAX);
        }
        self.high.copy_from_slice(&high[PLACES..]);
        for i in 0..PLACES {
            let two = high[i].max(high[i + 1]);
            let four = low[i].max(low[i + 1]).max(low[i + 2]).max(low[i + 3]);
            let number = if TWO {
                let three = two.max(high[i + 2]);
                let five = four.max(low[i + 4]);
                let six = five.max(low[i + 5]);
                let seven = six.max(low[i + 6]);
                1 + u8::from(two < 1 << (14 - 7))
                    + u8::from(three < 1 << (9 - 7))
                    + u8::from(four < 1 << 7)
                    + u8::from(five < 1 << 5)
                    + u8::from(six < 1 << 4)
                    + u8::from(seven < 1 << 3)
            } else {
                1 + u8::from(two < 1 << (14 - 7)) + 2 * u8::from(four < 1 << 6)
            };
            next[i] = ((place + i) as u8).wrapping_add(number);
        }
        let mut too_large = false;
        if TWO && widest == i16::MAX as u16 {
            let mut widest = 0;
            for i in 0..PLACES {
                let difference = window[i + 1].wrapping_sub(window[i]);
                widest |= difference ^ (difference >> 31);
            }
            too_large = widest >= 1 << 29;
        }
        if too_large || self.too_large || there < PLACES {
            mark::<TWO>(samples, self.looked, place, next);
        }
        self.too_large = too_large;
        self.looked += PLACES;
    }
}

/// Lets no word start at a difference that does not fit, or behind the end.
#[cold]
#[inline(never)]
fn mark<const TWO: bool>(samples: &[i32], looked: usize, place: usize, next: &mut [u8; PLACES]) {
    for (i, next) in next.iter_mut().enumerate() {
        let Some(index) = (looked + i).checked_sub(REACH) else { continue };
        let difference = match index.checked_sub(1).and_then(|i| samples.get(i..i + 2)) {
            Some(around) => around[1].wrapping_sub(around[0]),
            None => 0,
        };
        if index >= samples.len() || TWO && difference ^ (difference >> 31) >= 1 << 29 {
            *next = (place + i) as u8;
        }
    }
}

/// The samples around the differences from `done` on, if there are as many.
#[inline(always)]
pub(super) fn window_at(samples: &[i32], done: usize) -> Option<&Window> {
    let before = done.checked_sub(1)?;
    samples.get(before..before + PLACES + REACH + 1)?.try_into().ok()
}

/// The same where the series starts, with a difference of 0, or ends.
#[inline(always)]
pub(super) fn window_at_edge(samples: &[i32], done: usize) -> Window {
    let mut copy = [0; PLACES + REACH + 1];
    let skip = usize::from(done == 0);
    let rest = samples.get(done.saturating_sub(1)..).unwrap_or_default();
    copy[0] = rest.first().copied().unwrap_or(0);
    if let Some(rest) = rest.get(..PLACES + REACH) {
        copy[skip..skip + PLACES + REACH].copy_from_slice(rest);
    } else {
        for (to, sample) in copy.iter_mut().skip(skip).zip(rest) {
            *to = *sample;
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::super::Steim;
    use super::super::lanes::Portable;
    use super::*;

    /// How many differences the first word takes that starts with the first of these.
    fn fit(steim: Steim, differences: &[i32]) -> usize {
        let mut x = 0_i32;
        let mut samples = vec![0, 0];
        samples.extend(differences.iter().map(|d| {
            x = x.wrapping_add(*d);
            x
        }));
        match steim {
            Steim::One => next::<false>(&samples),
            Steim::Two => next::<true>(&samples),
        }
    }

    /// How many the word takes that starts with the third difference.
    fn next<const TWO: bool>(samples: &[i32]) -> usize {
        let found = [0, 2].map(|done| {
            let mut fits = Fits::<TWO>::new();
            let window = window_at_edge(samples, done);
            let _ = fits.starts(Portable, samples, done, &window, 1);
            let place = REACH + 2 - done;
            usize::from(fits.next[place]) - place
        });
        assert_eq!(found[0], found[1], "seen from the start, and from the place itself");
        found[0]
    }

    #[test]
    fn words_take_as_many_as_fit() {
        let fit2 = |w: &[i32]| fit(Steim::Two, w);
        assert_eq!(fit2(&[7, -8, 0, 1, 2, 3, 4]), 7);
        assert_eq!(fit2(&[7, -8, 0, 1, 2, 3, 8]), 6);
        assert_eq!(fit2(&[7, -8, 0, 1, 2, 16, 0]), 5);
        assert_eq!(fit2(&[7, -8, 0, 127, 32, 0, 0]), 4);
        assert_eq!(fit2(&[511, -512, 0, 0, 0, 0, 0]), 4 - 1);
        assert_eq!(fit2(&[16383, -16384, 512, 0, 0, 0, 0]), 2);
        assert_eq!(fit2(&[16384, 0, 0, 0, 0, 0, 0]), 1);
        assert_eq!(fit2(&[-(1 << 29), 0, 0, 0, 0, 0, 0]), 1);
        assert_eq!(fit2(&[1 << 29, 0, 0, 0, 0, 0, 0]), 0);
        assert_eq!(fit2(&[0; 3]), 3);
        let fit1 = |w: &[i32]| fit(Steim::One, w);
        assert_eq!(fit1(&[127, -128, 0, 0, 999, 0, 0]), 4);
        assert_eq!(fit1(&[127, -128, 0]), 2);
        assert_eq!(fit1(&[127, -128, 0, -129]), 2);
        assert_eq!(fit1(&[32767, -32768, 0, 0]), 2);
        assert_eq!(fit1(&[32767, 32768, 0, 0]), 1);
        assert_eq!(fit1(&[32767, -32769, 0, 0]), 1);
        assert_eq!(fit1(&[i32::MIN, 0, 0, 0, 0, 0, 0]), 1);
    }
}
