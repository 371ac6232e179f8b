//! The parts of a signed structure that are compared and verified, as they came.

use super::{
    asn1::{self, BOOLEAN, Node},
    schema::{BASIC_OCSP_RESPONSE, CERTIFICATE, CRL, CSR, CSR_CFCA, first_oid},
};
use alloc::{string::String, vec::Vec};

/// `SEQUENCE { toBeSigned, AlgorithmIdentifier, BIT STRING }` and what may follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedView<'a> {
    pub(crate) tbs: Node<'a>,
    pub(crate) algorithm: Node<'a>,
    pub(crate) signature: Node<'a>,
}

impl<'a> SignedView<'a> {
    pub(crate) fn new(node: &Node<'a>) -> Option<Self> {
        let view = Self {
            tbs: node.child(0)?,
            algorithm: node.child(1)?,
            signature: node.child(2)?,
        };
        let shaped = view.tbs.is(asn1::SEQUENCE)
            && view.algorithm.is(asn1::SEQUENCE)
            && view.signature.is(asn1::BIT_STRING);
        shaped.then_some(view)
    }

    pub(crate) fn signature_octets(&self) -> &'a [u8] {
        self.signature.bits().unwrap_or(self.signature.content)
    }

    /// The algorithm that is named inside of what is signed, where one is.
    pub(crate) fn inner_algorithm(&self, kind: SignedKind) -> Option<Node<'a>> {
        match kind {
            SignedKind::Certificate => {
                let mut fields = self.tbs.children().skip_while(|child| child.is_context(0));
                fields.nth(1)
            }
            SignedKind::Crl => {
                let mut fields = self
                    .tbs
                    .children()
                    .skip_while(|child| child.is(asn1::INTEGER));
                fields.next()
            }
            SignedKind::Csr | SignedKind::Ocsp => None,
        }
    }
}

/// Which of the signed structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedKind {
    Certificate,
    Csr,
    Crl,
    Ocsp,
}

impl SignedKind {
    /// Which one these octets are.
    pub(crate) fn of(node: &Node<'_>) -> Option<Self> {
        let fits = |kind: &'static super::schema::Type| kind.fits(node, &mut 2000);
        if fits(&CERTIFICATE) {
            Some(Self::Certificate)
        } else if fits(&CSR) || fits(&CSR_CFCA) {
            Some(Self::Csr)
        } else if fits(&CRL) {
            Some(Self::Crl)
        } else if fits(&BASIC_OCSP_RESPONSE) {
            Some(Self::Ocsp)
        } else {
            None
        }
    }
}

/// One extension.
#[derive(Clone, Debug)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: String,
    pub(crate) critical: bool,
    pub(crate) node: Node<'a>,
    /// The OCTET STRING.
    pub(crate) value: Node<'a>,
}

impl<'a> Extension<'a> {
    pub(crate) fn all(extensions: &Node<'a>) -> Vec<Self> {
        let read = |node: Node<'a>| {
            let oid = first_oid(&node)?;
            let flag = node.child(1).filter(|flag| flag.is(BOOLEAN));
            Some(Self {
                oid,
                critical: flag.is_some_and(|flag| flag.content != [0]),
                value: node
                    .children()
                    .last()
                    .filter(|value| value.is(asn1::OCTET_STRING))?,
                node,
            })
        };
        extensions.children().take(200).filter_map(read).collect()
    }
}

/// A certificate's fields.
#[derive(Clone, Debug)]
pub(crate) struct CertificateView<'a> {
    pub(crate) signed: SignedView<'a>,
    pub(crate) version: u32,
    pub(crate) serial: Node<'a>,
    pub(crate) issuer: Node<'a>,
    pub(crate) validity: Node<'a>,
    pub(crate) subject: Node<'a>,
    pub(crate) spki: Node<'a>,
    pub(crate) extensions: Vec<Extension<'a>>,
}

impl<'a> CertificateView<'a> {
    pub(crate) fn new(node: &Node<'a>) -> Option<Self> {
        let signed = SignedView::new(node)?;
        let mut fields = signed.tbs.children().peekable();
        let version = fields.next_if(|child| child.is_context(0));
        let version = version.map_or(Some(0), |version| version.child(0)?.small());
        let serial = fields.next()?;
        let _algorithm = fields.next()?;
        let issuer = fields.next()?;
        let validity = fields.next()?;
        let subject = fields.next()?;
        let spki = fields.next()?;
        let extensions = fields.find(|child| child.is_context(3));
        let extensions = extensions.and_then(|tagged| tagged.child(0));
        Some(Self {
            signed,
            version: version?,
            serial,
            issuer,
            validity,
            subject,
            spki,
            extensions: extensions.map_or_else(Vec::new, |list| Extension::all(&list)),
        })
    }

    /// The certificate in DER (or what comes near to it).
    pub(crate) fn read(octets: &'a [u8]) -> Option<Self> {
        let node = Node::read(octets)?;
        CERTIFICATE
            .fits(&node, &mut 2000)
            .then(|| Self::new(&node))?
    }

    pub(crate) fn extension(&self, oid: &str) -> Option<&Extension<'a>> {
        self.extensions
            .iter()
            .find(|extension| extension.oid == oid)
    }

    /// The subject key identifier, where there is one.
    pub(crate) fn subject_key_id(&self) -> Option<&'a [u8]> {
        let value = self.extension("2.5.29.14")?.value.inside()?;
        Some(value.content)
    }

    /// The authority key identifier, where there is one.
    pub(crate) fn authority_key_id(&self) -> Option<&'a [u8]> {
        authority_key_id(&self.extensions)
    }

    /// Issuer and subject are the same octets.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer.octets == self.subject.octets
    }
}

/// The key identifier in an `AuthorityKeyIdentifier`.
pub(crate) fn authority_key_id<'a>(extensions: &[Extension<'a>]) -> Option<&'a [u8]> {
    let extension = extensions
        .iter()
        .find(|extension| extension.oid == "2.5.29.35")?;
    let sequence = extension.value.inside()?;
    let id = sequence.child(0).filter(|child| child.is_context(0))?;
    Some(id.content)
}

/// The parts of a `SignerInfo`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignerView<'a> {
    pub(crate) version: Node<'a>,
    pub(crate) sid: Node<'a>,
    pub(crate) digest_algorithm: Node<'a>,
    pub(crate) attributes: Option<Node<'a>>,
    pub(crate) signature_algorithm: Node<'a>,
    pub(crate) signature: Node<'a>,
}

impl<'a> SignerView<'a> {
    pub(crate) fn new(node: &Node<'a>) -> Option<Self> {
        let mut fields = node.children().peekable();
        Some(Self {
            version: fields.next()?,
            sid: fields.next()?,
            digest_algorithm: fields.next()?,
            attributes: fields.next_if(|child| child.is_context(0)),
            signature_algorithm: fields.next()?,
            signature: fields.next()?,
        })
    }

    /// What the signature covers: the attributes as a SET OF (tag 31), where there are any.
    pub(crate) fn signed_attributes(&self) -> Option<Vec<u8>> {
        let mut octets = self.attributes?.octets.to_vec();
        *octets.first_mut()? = 0x31;
        Some(octets)
    }

    /// Whether the signer is named like this certificate.
    pub(crate) fn names(&self, certificate: &CertificateView<'_>) -> bool {
        party_is(&self.sid, certificate)
    }
}

/// Whether an issuer with serial number, or a key identifier, is that of a certificate.
pub(crate) fn party_is(party: &Node<'_>, certificate: &CertificateView<'_>) -> bool {
    if party.is_context(0) {
        // In the field also [0] with the OCTET STRING inside.
        let id = party.child(0).map_or(party.content, |inner| inner.content);
        let computed = super::curve::key_identifier(&certificate.spki);
        return certificate.subject_key_id() == Some(id) || computed.as_deref() == Some(id);
    }
    let issuer = party.child(0);
    let serial = party.child(1);
    issuer.is_some_and(|issuer| issuer.octets == certificate.issuer.octets)
        && serial.is_some_and(|serial| serial.unsigned() == certificate.serial.unsigned())
}

/// The parts of a `SignedData` or `SignedAndEnvelopedData` that tell who signed what.
#[derive(Clone, Debug)]
pub(crate) struct MessageView<'a> {
    pub(crate) version: Node<'a>,
    pub(crate) digest_algorithms: Option<Node<'a>>,
    /// The `ContentInfo` inside, of a `SignedData`.
    pub(crate) content_info: Option<Node<'a>>,
    pub(crate) certificates: Vec<Node<'a>>,
    pub(crate) signers: Vec<Node<'a>>,
}

impl<'a> MessageView<'a> {
    /// Reads a `SignedData`.
    pub(crate) fn signed(node: &Node<'a>) -> Option<Self> {
        let mut fields = node.children().peekable();
        let version = fields.next()?;
        let digest_algorithms = fields.next_if(|child| child.is(asn1::SET));
        let content_info = fields.next_if(|child| child.is(asn1::SEQUENCE));
        let certificates = fields.next_if(|child| child.is_context(0));
        let _crls = fields.next_if(|child| child.is_context(1));
        let signers = fields.next_if(|child| child.is(asn1::SET));
        let inside = |node: Option<Node<'a>>| -> Vec<Node<'a>> {
            node.map_or_else(Vec::new, |node| node.children().take(64).collect())
        };
        Some(Self {
            version,
            digest_algorithms,
            content_info,
            certificates: inside(certificates),
            signers: inside(signers),
        })
    }

    /// What stands in `content [0]`: an OCTET STRING's octets, or whatever else stands there.
    pub(crate) fn content(&self) -> Option<Vec<u8>> {
        let tagged = self.content_info?.child(1)?;
        let value = tagged.child(0)?;
        if !value.is(asn1::OCTET_STRING) {
            return Some(value.content.to_vec());
        }
        if !value.constructed {
            return Some(value.content.to_vec());
        }
        let pieces: Vec<&[u8]> = value.children().map(|piece| piece.content).collect();
        Some(pieces.concat())
    }
}

/// The `SignedData` inside of a `ContentInfo` or of a time-stamp's answer, or bare.
pub(crate) fn signed_data<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let inner = match first_oid(node).as_deref() {
        Some("1.2.156.10197.6.1.4.2.2" | "1.2.840.113549.1.7.2") => node.child(1)?.child(0)?,
        Some(_) => return None,
        None => *node,
    };
    super::schema::SIGNED_DATA
        .fits(&inner, &mut 2000)
        .then_some(inner)
}
