//! RESP files, dataless SEED, SAC poles and zeros: read as what they look like and as everything
//! else, by every level and manner; evaluated; written as StationXML and as poles and zeros, and
//! read again.

use seis_core::GroundMotion;
use seis_resp::{
    ChannelEpoch, ChannelResponse, Error, EvaluationOptions, Format, Inventory, Level,
    NotPolesZeros, PoleZeroForm, ReadOptions, ReadReport, WriteOptions,
};

type Reader = fn(&ReadOptions, &[u8]) -> seis_resp::Result<Inventory>;

/// Does with bytes whatever can be done with a RESP file.
pub(crate) fn resp(bytes: &[u8]) {
    file(bytes, Format::Resp, ReadOptions::parse_resp);
}

/// Does with bytes whatever can be done with a dataless volume.
pub(crate) fn dataless(bytes: &[u8]) {
    file(bytes, Format::Dataless, ReadOptions::parse_dataless);
}

/// Does with bytes whatever can be done with a pole-zero file.
pub(crate) fn sacpz(bytes: &[u8]) {
    file(bytes, Format::SacPz, ReadOptions::parse_sacpz);
}

fn file(bytes: &[u8], format: Format, own: Reader) {
    let readers = [
        ReadOptions::parse,
        ReadOptions::parse_resp,
        ReadOptions::parse_dataless,
        ReadOptions::parse_sacpz,
    ];
    for reader in readers {
        let _ = read(reader, Level::Response, false, bytes);
    }
    for level in [Level::Network, Level::Station, Level::Channel] {
        for strict in [false, true] {
            let _ = read(own, level, strict, bytes);
        }
    }
    let strict = read(own, Level::Response, true, bytes);
    let found = read(own, Level::Response, false, bytes);
    if Format::detect(bytes) == Some(format) {
        let detected = Inventory::from_bytes(bytes);
        assert_eq!(format!("{detected:?}"), format!("{found:?}"));
    }
    let Ok(inventory) = found else {
        assert!(strict.is_err());
        return;
    };
    assert_eq!(strict.is_ok(), inventory.report.problems.is_empty());
    assert!(format!("{:?}", inventory.report).len() < 1 << 20);
    for epoch in inventory.channels() {
        if let ChannelResponse::Broken(broken) = &epoch.channel.response {
            assert!(!broken.reason().is_empty());
        }
    }
    super::evaluation::inventory(&inventory);
    written_as_stationxml(&inventory);
    written_as_sacpz(&inventory);
    merged_with_itself(inventory);
}

fn read(
    reader: Reader,
    level: Level,
    is_strict: bool,
    bytes: &[u8],
) -> seis_resp::Result<Inventory> {
    let found = reader(&ReadOptions::new().level(level).strict(is_strict), bytes);
    match &found {
        Ok(inventory) => {
            assert!(inventory.channels().count() <= bytes.len());
            assert!(!is_strict || inventory.report.is_clean());
            assert!(inventory.report.problems.len() <= ReadReport::MAX_PROBLEMS);
            for problem in &inventory.report.problems {
                assert!(!problem.to_string().is_empty());
                assert!(problem.place.offset <= bytes.len() as u64, "{problem}");
            }
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() < 2000, "{text}");
            assert!(is_strict || !matches!(error, Error::Problem { .. }));
        }
    }
    found
}

fn written_as_stationxml(inventory: &Inventory) {
    if let Ok(text) = WriteOptions::new().to_string(inventory) {
        let again = Inventory::from_stationxml(text.as_bytes()).unwrap();
        super::assert_same(&again, inventory, &text);
    }
}

/// What was written as poles and zeros is there again, and what comes of that is the same to the
/// last root.
fn written_as_sacpz(inventory: &Inventory) {
    for note in inventory.to_sacpz().notes {
        assert!(!note.to_string().is_empty());
    }
    for epoch in inventory.channels().take(2) {
        let (first, again) = (alone(&epoch), rewritten(&alone(&epoch)));
        let Some(again) = again else { continue };
        let epoch = first.channels().next().unwrap();
        let read = again.channels().next().unwrap();
        assert_eq!(read.channel.epoch, epoch.epoch);
        // Codes that are none are kept, but a comment is one line.
        if !epoch.id_text().contains(|c: char| c.is_control() || c.is_whitespace()) {
            assert_eq!(normal(&read), normal(&epoch));
        }
        let second = rewritten(&again).expect("what was read is written");
        let read_again = second.channels().next().unwrap();
        let (a, b) = (form(&read).unwrap(), form(&read_again).unwrap());
        assert_eq!((&a.zeros, &a.poles), (&b.zeros, &b.poles));
        assert!(is_close(a.constant, b.constant), "{} {}", a.constant, b.constant);
        // One stage of poles and zeros loses nothing on the way.
        if epoch.channel.response.get().is_some_and(|r| r.stages.len() == 1) {
            if let Ok(original) = form(&epoch) {
                assert_eq!((&a.zeros, &a.poles), (&original.zeros, &original.poles));
            }
        }
    }
}

fn normal(epoch: &ChannelEpoch<'_>) -> String {
    epoch.id_text().replace(".--.", "..").replace(".??.", "..")
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs()
}

fn form(epoch: &ChannelEpoch<'_>) -> Result<PoleZeroForm, NotPolesZeros> {
    let response = epoch.channel.response.get().expect("a response");
    response.as_poles_zeros(GroundMotion::Displacement, &EvaluationOptions::default())
}

/// An inventory of one channel.
fn alone(epoch: &ChannelEpoch<'_>) -> Inventory {
    let (mut network, mut station) = (epoch.network.clone(), epoch.station.clone());
    station.channels = vec![epoch.channel.clone()];
    network.stations = vec![station];
    let mut inventory = Inventory::new("");
    inventory.networks_mut().push(network);
    inventory
}

/// What the pole-zero file of one channel says, unless there is none and a reason.
fn rewritten(inventory: &Inventory) -> Option<Inventory> {
    let written = inventory.to_sacpz();
    if written.text.is_empty() {
        assert!(!written.notes.is_empty());
        return None;
    }
    let again = Inventory::from_sacpz(written.text.as_bytes()).unwrap();
    let responses = again.channels().map(|epoch| &epoch.channel.response).collect::<Vec<_>>();
    assert!(matches!(responses[..], [ChannelResponse::Present(_)]), "{}", written.text);
    Some(again)
}

/// The same again says nothing new.
fn merged_with_itself(inventory: Inventory) {
    let channels = inventory.channels().count();
    let mut twice = Inventory::from_iter([inventory.clone()]);
    assert_eq!(twice.channels().count(), channels);
    twice.merge(inventory);
    assert!(twice.channels().count() <= 2 * channels);
}
