//! What must hold for any bytes whatever. Called by tests with corrupted files and with the
//! inputs that fuzzers found, and by the fuzzers themselves (`fuzz/` at the root).
#![allow(dead_code, reason = "each caller uses some of it")]

pub(crate) mod evaluation;
pub(crate) mod sources;
pub(crate) mod stationxml;

/// Fails unless an inventory came back as it was written, and shows where it differs first.
fn assert_same(again: &seis_resp::Inventory, written: &seis_resp::Inventory, text: &str) {
    if again == written {
        return;
    }
    let shown = |i: &seis_resp::Inventory| {
        format!("{:?} {:?} {:?} {:?}", i.source, i.sender, i.created, i.networks())
    };
    let (a, b) = (shown(written), shown(again));
    let at = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let around = |s: &str| -> String {
        let skipped = s.len().min(at.saturating_sub(200));
        String::from_utf8_lossy(&s.as_bytes()[skipped..s.len().min(at + 200)]).into_owned()
    };
    panic!("written …{}…\nread …{}…\n{text}", around(&a), around(&b));
}
