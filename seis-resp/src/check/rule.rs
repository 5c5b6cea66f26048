//! The rules, by name.

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something that is doubtful, or of which only some programs can make something.
    Warning,
    /// Something that makes seismograms wrong, or a computation impossible.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// What is written down about a rule.
struct About {
    rule: Rule,
    code: &'static str,
    name: &'static str,
    severity: Severity,
    looks_for: &'static str,
    advice: &'static str,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident, $code:literal, $name:literal, $severity:ident, $looks_for:literal, $advice:literal;)*) => {
        /// A rule of [`Inventory::check`](crate::Inventory::check). Codes and names do not change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = concat!("`", $code, "` `", $name, "`: ", $looks_for, ".")] $rule,)*
        }

        const ABOUT: &[About] = &[$(About {
            rule: Rule::$rule,
            code: $code,
            name: $name,
            severity: Severity::$severity,
            looks_for: $looks_for,
            advice: $advice,
        }),*];

        impl Rule {
            /// All rules, by code.
            pub const ALL: &'static [Self] = &[$(Self::$rule),*];
        }
    };
}

rules! {
    EpochReversed, "R101", "epoch-reversed", Error,
    "an epoch that ends before it begins, or when it begins",
    "correct startDate or endDate; no look-up finds this epoch";
    EpochsOverlap, "R102", "epochs-overlap", Error,
    "two epochs of a channel that hold at once, with different responses",
    "end the earlier epoch where the later one begins";
    EpochsRepeat, "R103", "epochs-repeat", Warning,
    "two epochs of a channel that hold at once, with the same response",
    "end the earlier epoch where the later one begins, or leave one out";
    StationEpochsOverlap, "R104", "station-epochs-overlap", Warning,
    "two epochs of a station that hold at once",
    "end the earlier epoch where the later one begins";
    ChannelOutsideStation, "R105", "channel-outside-station", Warning,
    "a channel epoch that begins before or ends after that of its station",
    "extend the station's epoch, or correct the channel's dates";
    StationOutsideNetwork, "R106", "station-outside-network", Warning,
    "a station epoch that begins before or ends after that of its network",
    "extend the network's epoch, or correct the station's dates";
    DateUnreadable, "R107", "date-unreadable", Error,
    "a startDate or endDate that is no date",
    "write it as 2022-01-02T03:04:05Z; no look-up by time finds this epoch";

    CoordinatesMissing, "R201", "coordinates-missing", Warning,
    "a station or channel without latitude, longitude, elevation or depth",
    "add them; ObsPy drops channels without";
    CoordinatesZero, "R202", "coordinates-zero", Warning,
    "a station or channel at latitude 0 and longitude 0",
    "put the true coordinates in; 0/0 mostly means that nobody knew them";
    CoordinatesOutOfRange, "R203", "coordinates-out-of-range", Error,
    "a latitude beyond 90 or a longitude beyond 180 degrees",
    "correct the coordinates; are the two exchanged?";

    ResponseBroken, "R301", "response-broken", Error,
    "a response that was left out of use when it was read, because a part of it is missing or no number",
    "correct the element at the place that is named";
    NoStages, "R302", "no-stages", Warning,
    "a response of an overall sensitivity only",
    "add the stages (in FDSN web services: level=response); a sensitivity alone corrects no frequency but its own";
    NotEvaluable, "R303", "not-evaluable", Error,
    "stages that do not make a frequency response",
    "correct what is named";
    EndsBeforeCounts, "R304", "ends-before-counts", Warning,
    "stages that end in volts or amperes, of a channel that has a sampling rate and no sensitivity",
    "add the digitiser and its filters; was the file cut off?";
    NoSensitivity, "R305", "no-sensitivity", Warning,
    "stages without a sensitivity of the whole instrument (SEED stage 0), which stands at the end of a SEED file",
    "if the file was cut off, get it anew: its last stages are missing; else add the sensitivity";

    SensitivityMismatch, "R401", "sensitivity-mismatch", Error,
    "an overall sensitivity that is 5 % or more off the product of the stages' gains at its frequency",
    "find out which of the two was forgotten in the last change, and correct it";
    ZeroGain, "R402", "zero-gain", Error,
    "a gain or sensitivity of 0",
    "put the true gain in; an instrument of gain 0 records nothing";

    NormalizationFactor, "R501", "a0-mismatch", Error,
    "a normalisation factor A0 that is more than 2 % off what poles and zeros ask for at its frequency",
    "compute A0 from the poles and zeros, or correct these";
    HertzForRadians, "R502", "hertz-for-radians", Error,
    "poles and zeros whose A0 fits them exactly only if they are in the other unit than is said (Hz, rad/s)",
    "correct PzTransferFunctionType, or convert poles and zeros by 2 pi";
    ConjugateMissing, "R503", "conjugate-missing", Error,
    "a complex pole or zero without its conjugate",
    "add the conjugate or correct a sign; no instrument has a complex impulse response";
    PoleUnstable, "R504", "pole-unstable", Error,
    "a pole right of or on the imaginary axis (analog, but for the origin), or on or outside the unit circle (digital)",
    "correct the pole's sign; such an instrument would never come to rest";
    FirSum, "R505", "fir-sum", Warning,
    "FIR coefficients whose sum is more than 2 % off 1",
    "move the gain from the coefficients into StageGain, or check that none is missing; evalresp divides by the sum or not, depending on the symmetry";

    RatesDoNotChain, "R601", "rates-do-not-chain", Error,
    "a stage whose input sampling rate is not the output rate of the stage before",
    "correct InputSampleRate or Factor; is a stage missing?";
    RateOfChannel, "R602", "rate-of-channel", Warning,
    "stages that end at another sampling rate than the channel has",
    "correct SampleRate or the last decimation; is a stage missing?";
    FrequencyAboveNyquist, "R603", "frequency-above-nyquist", Warning,
    "a sensitivity, or the gain of a digital stage, at a frequency that the sampling rate cannot hold, where the response depends on frequency",
    "give the number at a frequency within the band";
    CornerAboveNyquist, "R604", "corner-above-nyquist", Warning,
    "a sensor whose flat band begins above the Nyquist frequency of the channel",
    "check the poles (rad/s or Hz?) and the sampling rate";
    RateZero, "R605", "rate-zero", Warning,
    "a channel with a SampleRate of 0 whose stages end at a sampling rate",
    "put the sampling rate in; 0 stands for channels without one, such as logs";
    StagesMissing, "R606", "stages-missing", Warning,
    "numbers of stages that leave some out, such as 1, 2, 4",
    "add the stage that is missing, or number the stages one by one; ObsPy refuses such a response";

    UnitsDoNotChain, "R701", "units-do-not-chain", Error,
    "a stage that takes another unit than the stage before gives",
    "correct the unit; is a stage missing?";
    UnitUnknown, "R702", "unit-unknown", Warning,
    "a unit that is not understood",
    "use a name of the FDSN's unit list, such as m/s, m/s**2, V, count";
    UnitsOfSensitivity, "R703", "units-of-sensitivity", Error,
    "a sensitivity in other units than the first stage takes and the last gives",
    "correct the units of the sensitivity or of the stages";
}

impl Rule {
    fn about(self) -> &'static About {
        // The table holds every rule once, in their order.
        ABOUT.iter().find(|about| about.rule == self).unwrap_or(&ABOUT[0])
    }

    /// The code, such as `R401`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.about().code
    }

    /// The name, such as `sensitivity-mismatch`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.about().severity
    }

    /// What the rule looks for.
    #[must_use]
    pub fn looks_for(self) -> &'static str {
        self.about().looks_for
    }

    /// What to do about a finding.
    #[must_use]
    pub fn advice(self) -> &'static str {
        self.about().advice
    }

    /// The rule of a code or name.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let found = ABOUT.iter().find(|about| about.code == text || about.name == text);
        found.map(|about| about.rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_found() {
        for (n, rule) in Rule::ALL.iter().enumerate() {
            assert_eq!(Rule::find(rule.code()), Some(*rule));
            assert_eq!(Rule::find(rule.name()), Some(*rule));
            assert!(Rule::ALL[..n].iter().all(|earlier| earlier.code() < rule.code()));
        }
        assert_eq!(Rule::find("R000"), None);
    }
}
