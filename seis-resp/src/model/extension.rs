//! What a document holds besides the standard's own elements.

/// Attributes and elements of other namespaces, which the standard allows nearly everywhere and
/// data centres use for what it has no place for.
///
/// Kept are those of the document itself, of networks, stations and channels. They are written
/// again as they were; nothing here looks into them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extensions {
    /// Attributes, in the order of the file.
    pub attributes: Vec<ExtensionAttribute>,
    /// Elements, in the order of the file.
    pub elements: Vec<ExtensionElement>,
}

impl Extensions {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.elements.is_empty()
    }
}

/// An attribute of another namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExtensionAttribute {
    /// The name with its prefix, such as `ext:quality`.
    pub name: String,
    /// What the prefix stands for.
    pub namespace: String,
    /// The value.
    pub value: String,
}

/// An element of another namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExtensionElement {
    /// The name with its prefix, such as `ext:Quality`.
    pub name: String,
    /// The element with all that is in it. It binds every prefix that it uses, so that it can stand
    /// in any document whose own namespace is the standard's.
    pub xml: String,
}
