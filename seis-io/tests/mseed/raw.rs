//! Records made byte by byte, so that they can be wrong in every way.

use seis_io::mseed::steim::{self, Steim};
use seis_io::mseed::{ByteOrder, Encoding};

/// A version-2 record that is yet to be made.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub sequence: [u8; 6],
    pub quality: u8,
    pub codes: [u8; 12],
    pub time: (u16, u16, u8, u8, u8, u16),
    pub count: u16,
    pub rate: (i16, i16),
    pub activity: u8,
    pub correction: i32,
    pub data_offset: u16,
    pub first_blockette: u16,
    pub order: ByteOrder,
    /// Type, content; links are made.
    pub blockettes: Vec<(u16, Vec<u8>)>,
    pub payload: Vec<u8>,
    pub len: usize,
}

impl Raw {
    /// 512 bytes, big-endian, 40 Hz, INT32 samples, blockette 1000.
    pub(crate) fn int32(samples: &[i32]) -> Self {
        let payload = samples.iter().flat_map(|x| x.to_be_bytes()).collect();
        Self {
            sequence: *b"000001",
            quality: b'D',
            codes: *b"HEC    BHNCI",
            time: (2022, 2, 0, 0, 0, 695),
            count: samples.len() as u16,
            rate: (40, 1),
            activity: 0,
            correction: 0,
            data_offset: 64,
            first_blockette: 48,
            order: ByteOrder::Big,
            blockettes: vec![(1000, vec![3, 1, 9, 0])],
            payload,
            len: 512,
        }
    }

    /// The same with Steim-1 or Steim-2 samples.
    pub(crate) fn steim(version: Steim, samples: &[i32]) -> Self {
        let mut payload = vec![0; 448];
        let done = steim::encode(version, ByteOrder::Big, samples, &mut payload).unwrap();
        assert_eq!(done.samples, samples.len(), "too many samples for a record");
        let encoding = if version == Steim::One { Encoding::Steim1 } else { Encoding::Steim2 };
        let mut raw = Self::int32(&[]);
        raw.count = samples.len() as u16;
        raw.blockettes = vec![(1000, vec![encoding.code(), 1, 9, 0])];
        raw.payload = payload;
        raw
    }

    /// Starting so many seconds after midnight.
    pub(crate) fn at(mut self, seconds: u32) -> Self {
        let (hour, minute) = ((seconds / 3600) as u8, (seconds / 60 % 60) as u8);
        self.time = (2022, 2, hour, minute, (seconds % 60) as u8, 0);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let u16_bytes = |v: u16| match self.order {
            ByteOrder::Big => v.to_be_bytes(),
            ByteOrder::Little => v.to_le_bytes(),
        };
        let mut out = vec![0; self.len];
        let mut put = |at: usize, value: &[u8]| out[at..at + value.len()].copy_from_slice(value);
        put(0, &self.sequence);
        put(6, &[self.quality, b' ']);
        put(8, &self.codes);
        let (year, day, hour, minute, second, fraction) = self.time;
        put(20, &u16_bytes(year));
        put(22, &u16_bytes(day));
        put(24, &[hour, minute, second, 0]);
        put(28, &u16_bytes(fraction));
        put(30, &u16_bytes(self.count));
        put(32, &u16_bytes(self.rate.0 as u16));
        put(34, &u16_bytes(self.rate.1 as u16));
        put(36, &[self.activity, 0, 0, self.blockettes.len() as u8]);
        put(
            40,
            &match self.order {
                ByteOrder::Big => self.correction.to_be_bytes(),
                ByteOrder::Little => self.correction.to_le_bytes(),
            },
        );
        put(44, &u16_bytes(self.data_offset));
        let first = if self.blockettes.is_empty() { 0 } else { self.first_blockette };
        put(46, &u16_bytes(first));
        let mut at = usize::from(self.first_blockette);
        for (i, (kind, content)) in self.blockettes.iter().enumerate() {
            let end = at + 4 + content.len();
            let next = if i + 1 < self.blockettes.len() { end as u16 } else { 0 };
            put(at, &u16_bytes(*kind));
            put(at + 2, &u16_bytes(next));
            put(at + 4, content);
            at = end;
        }
        put(usize::from(self.data_offset), &self.payload);
        out
    }
}

/// CRC-32C bit by bit (Castagnoli polynomial, reflected), to check the one that is used.
pub(crate) fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 }
        })
    })
}

/// A version-3 record.
#[derive(Debug, Clone)]
pub(crate) struct Raw3 {
    pub nanosecond: u32,
    pub date: (u16, u16),
    pub clock: (u8, u8, u8),
    pub encoding: u8,
    pub rate: f64,
    pub count: u32,
    pub version: u8,
    pub id: Vec<u8>,
    pub extra: Vec<u8>,
    pub payload: Vec<u8>,
}

impl Raw3 {
    pub(crate) fn int32(samples: &[i32]) -> Self {
        Self {
            nanosecond: 123_456_789,
            date: (2022, 2),
            clock: (0, 0, 0),
            encoding: 3,
            rate: 40.0,
            count: samples.len() as u32,
            version: 1,
            id: b"FDSN:CI_HEC__B_H_N".to_vec(),
            extra: Vec::new(),
            payload: samples.iter().flat_map(|x| x.to_le_bytes()).collect(),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = b"MS\x03\0".to_vec();
        out.extend(self.nanosecond.to_le_bytes());
        out.extend(self.date.0.to_le_bytes());
        out.extend(self.date.1.to_le_bytes());
        out.extend([self.clock.0, self.clock.1, self.clock.2, self.encoding]);
        out.extend(self.rate.to_le_bytes());
        out.extend(self.count.to_le_bytes());
        out.extend([0; 4]);
        out.extend([self.version, self.id.len() as u8]);
        out.extend((self.extra.len() as u16).to_le_bytes());
        out.extend((self.payload.len() as u32).to_le_bytes());
        out.extend(&self.id);
        out.extend(&self.extra);
        out.extend(&self.payload);
        let crc = crc32c(&out);
        out[28..32].copy_from_slice(&crc.to_le_bytes());
        out
    }
}

/// A series that looks like noise with a few jumps; the same each time.
pub(crate) fn series(count: usize) -> Vec<i32> {
    let mut state = 12345_u32;
    let mut x = 0_i32;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let size = [3, 7, 15, 100, 500, 15_000][(state >> 29) as usize % 6];
            x += ((state >> 8) % (2 * size + 1)) as i32 - size as i32;
            x
        })
        .collect()
}
