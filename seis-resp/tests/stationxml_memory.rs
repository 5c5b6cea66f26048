//! How much memory reading takes.

mod common;

use allocation_counter::measure;
use common::{all_stages, channel, with_channels};
use seis_resp::{Inventory, Level, ReadOptions};

/// Bytes that the model holds, and the most that there were while reading it, without the document.
fn held_and_peak(document: &[u8], options: &ReadOptions) -> (u64, u64) {
    let mut inventory = None;
    let used = measure(|| inventory = options.parse(document).ok());
    assert!(inventory.is_some());
    (u64::try_from(used.bytes_current).unwrap(), used.bytes_max)
}

fn many_channels(n: usize) -> String {
    let response = format!("<Response>\n{}</Response>\n", all_stages());
    let one = channel("code=\"BHZ\" locationCode=\"00\"", &response);
    with_channels(&one.repeat(n))
}

#[test]
fn reading_takes_at_most_twice_what_it_gives() {
    let document = many_channels(1000);
    for level in [Level::Station, Level::Channel, Level::Response] {
        let (held, peak) = held_and_peak(document.as_bytes(), &ReadOptions::new().level(level));
        assert!(peak <= 2 * held + 10_000, "{level:?}: {peak} for {held}");
        // With the document itself that is three times the document.
        assert!(peak <= 2 * document.len() as u64, "{level:?}: {peak} from {}", document.len());
    }
}

/// Twenty bytes of text can ask for a whole channel; but not for more than that.
#[test]
fn hostile_documents_take_memory_in_proportion() {
    const N: usize = 20_000;
    for piece in [
        "<Channel code='B'/>",
        "<Channel code='B'><Comment/></Channel>",
        "<Channel code='B'><Response><Stage number='1'><FIR/></Stage></Response></Channel>",
        "<Comment/>",
        "<Comment><Author/></Comment>",
        "<Operator/>",
        "<Equipment/>",
        "<Identifier/>",
        "<ExternalReference/>",
        "<DataAvailability><Span start='2020-01-01' end='2020-01-01'/></DataAvailability>",
        "<Channel code='B'><Sensor/><PreAmplifier/><DataLogger/><CalibrationUnits/></Channel>",
        "<Channel code='B'><Response><Stage><StageGain/></Stage></Response></Channel>",
        "<u/>",
        "&x;",
    ] {
        let document = with_channels(&piece.repeat(N));
        let used = measure(|| drop(Inventory::from_stationxml(document.as_bytes())));
        let factor = used.bytes_max / document.len() as u64;
        assert!(factor < 150, "{piece}: {factor} times the document");
    }
}
