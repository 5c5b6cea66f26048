//! libmseed 3, as far as it is measured: safe functions around the C ones.
//!
//! What is declared here is the same in all versions from 3.0 on. `msr_encode_steim1` and its kin
//! are not in the public header, but they are the whole of the work that is compared.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;

#[cfg(feature = "published")]
use libmseed_sys as _;

/// The first fields of `MS3Record`.
#[repr(C)]
struct MS3Record {
    record: *const c_char,
    reclen: i32,
}

unsafe extern "C" {
    fn ms_decode_data(
        input: *const c_void,
        input_size: u64,
        encoding: u8,
        count: u64,
        output: *mut c_void,
        output_size: u64,
        sample_type: *mut c_char,
        swap: i8,
        id: *const c_char,
        verbose: i8,
    ) -> i64;
    fn msr_encode_steim1(
        input: *mut i32,
        count: u64,
        output: *mut i32,
        output_len: u64,
        first_difference: i32,
        written: *mut u32,
        swap: c_int,
    ) -> i64;
    fn msr_encode_steim2(
        input: *mut i32,
        count: u64,
        output: *mut i32,
        output_len: u64,
        first_difference: i32,
        written: *mut u32,
        id: *const c_char,
        swap: c_int,
    ) -> i64;
    fn msr3_parse(
        record: *const c_char,
        len: u64,
        parsed: *mut *mut MS3Record,
        flags: u32,
        verbose: i8,
    ) -> c_int;
    fn msr3_free(parsed: *mut *mut MS3Record);
    fn mstl3_readbuffer(
        list: *mut *mut c_void,
        bytes: *const c_char,
        len: u64,
        split_version: i8,
        flags: u32,
        tolerance: *const c_void,
        verbose: i8,
    ) -> i64;
    fn mstl3_free(list: *mut *mut c_void, free_private: i8);
}

/// `MSF_UNPACKDATA`.
const UNPACK: u32 = 0x0001;
/// `MSF_VALIDATECRC`.
const VALIDATE_CRC: u32 = 0x0004;

const ID: &CStr = c"FDSN:XX_STA__B_H_Z";

/// Encoding codes.
pub const STEIM1: u8 = 10;
/// See [`STEIM1`].
pub const STEIM2: u8 = 11;

/// Decodes big-endian Steim frames into `out`; the number of samples.
pub fn decode(encoding: u8, payload: &[u8], count: usize, out: &mut [i32]) -> usize {
    assert!(count <= out.len());
    let mut kind: c_char = 0;
    // SAFETY: pointers and lengths are those of slices; `count` samples fit into `out`. libmseed
    // copies the frames before it looks at them as numbers, so that they need no alignment.
    let done = unsafe {
        ms_decode_data(
            payload.as_ptr().cast(),
            payload.len() as u64,
            encoding,
            count as u64,
            out.as_mut_ptr().cast(),
            size_of_val(out) as u64,
            &raw mut kind,
            1,
            ID.as_ptr(),
            0,
        )
    };
    usize::try_from(done).expect("libmseed decodes")
}

/// Encodes into big-endian frames; how many samples went in, and how many bytes they took.
pub fn encode(encoding: u8, samples: &[i32], frames: &mut [[u32; 16]]) -> (usize, usize) {
    let mut written = 0;
    let (input, count) = (samples.as_ptr().cast_mut(), samples.len() as u64);
    let (output, len) = (frames.as_mut_ptr().cast(), size_of_val(frames) as u64);
    // SAFETY: pointers and lengths are those of slices; the samples are only read.
    let done = unsafe {
        if encoding == STEIM1 {
            msr_encode_steim1(input, count, output, len, 0, &raw mut written, 1)
        } else {
            msr_encode_steim2(input, count, output, len, 0, &raw mut written, ID.as_ptr(), 1)
        }
    };
    (usize::try_from(done).expect("libmseed encodes"), written as usize)
}

/// Parses headers, one record after the other, into a record that is used again.
pub struct Headers<'a> {
    bytes: &'a [u8],
    at: usize,
    flags: u32,
    parsed: *mut MS3Record,
    _owned: PhantomData<MS3Record>,
}

impl<'a> Headers<'a> {
    pub fn new(bytes: &'a [u8], check_crc: bool) -> Self {
        let flags = if check_crc { VALIDATE_CRC } else { 0 };
        Self { bytes, at: 0, flags, parsed: ptr::null_mut(), _owned: PhantomData }
    }
}

impl Iterator for Headers<'_> {
    type Item = usize;

    /// The length of the next record.
    fn next(&mut self) -> Option<usize> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        // SAFETY: pointer and length are those of a slice; `parsed` is null or what an earlier
        // call gave. After a success it points to a record whose first fields are as declared.
        let len = unsafe {
            let status = msr3_parse(
                rest.as_ptr().cast(),
                rest.len() as u64,
                &raw mut self.parsed,
                self.flags,
                0,
            );
            assert_eq!(status, 0, "libmseed parses");
            (*self.parsed).reclen
        };
        let len = usize::try_from(len).expect("a length");
        self.at += len;
        Some(len)
    }
}

impl Drop for Headers<'_> {
    fn drop(&mut self) {
        // SAFETY: null, or what `msr3_parse` gave.
        unsafe { msr3_free(&raw mut self.parsed) };
    }
}

/// Decodes all records into a trace list, and frees it; the number of records.
pub fn traces(bytes: &[u8]) -> usize {
    let mut list = ptr::null_mut();
    // SAFETY: pointer and length are those of a slice; the list is made here and freed here.
    let records = unsafe {
        let records = mstl3_readbuffer(
            &raw mut list,
            bytes.as_ptr().cast(),
            bytes.len() as u64,
            0,
            UNPACK,
            ptr::null(),
            0,
        );
        mstl3_free(&raw mut list, 0);
        records
    };
    usize::try_from(records).expect("libmseed reads")
}
