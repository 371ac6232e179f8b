//! Documents made of parts, each of which can be another.

use der::{Encode, asn1::ObjectIdentifier};
use gm_crypto::sm2::SecretKey;
use sha1::{Digest, Sha1};

pub(super) const SM2_SM3: &str = "1.2.156.10197.1.501";
pub(super) const SHA1_ID: &str = "1.3.14.3.2.26";

pub(super) fn tlv(tag: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
    let value = value.as_ref();
    let length = u32::try_from(value.len()).unwrap().to_be_bytes();
    let length = match value.len() {
        0..0x80 => vec![length[3]],
        0x80..0x100 => vec![0x81, length[3]],
        0x100..0x1_0000 => vec![0x82, length[2], length[3]],
        _ => vec![0x83, length[1], length[2], length[3]],
    };
    [&[tag], &length[..], value].concat()
}

pub(super) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts.concat())
}

pub(super) fn oid(text: &str) -> Vec<u8> {
    ObjectIdentifier::new_unwrap(text).to_der().unwrap()
}

pub(super) fn algorithm(id: &str, parameters: &[u8]) -> Vec<u8> {
    seq(&[&oid(id), parameters])
}

pub(super) fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    seq(&[&oid(id), critical, &tlv(4, value)])
}

/// One attribute: a SET of its own.
pub(super) fn rdn(id: &str, tag: u8, value: &str) -> Vec<u8> {
    tlv(0x31, attribute(id, tag, value.as_bytes()))
}

pub(super) fn attribute(id: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    seq(&[&oid(id), &tlv(tag, value)])
}

pub(super) fn name(common: &str) -> Vec<u8> {
    name_with(&rdn("2.5.4.3", 12, common))
}

/// C=CN, O=示例, and what is given.
pub(super) fn name_with(rest: &[u8]) -> Vec<u8> {
    let country = rdn("2.5.4.6", 0x13, "CN");
    seq(&[&country, &rdn("2.5.4.10", 12, "示例"), rest])
}

/// A name of as many organizational units.
pub(super) fn units(count: usize) -> Vec<u8> {
    tlv(0x30, rdn("2.5.4.11", 12, "a").repeat(count))
}

/// NULL inside of so many SEQUENCEs.
pub(super) fn nested(levels: usize) -> Vec<u8> {
    (0..levels).fold(vec![5, 0], |inner, _| tlv(0x30, inner))
}

pub(super) fn utc(text: &str) -> Vec<u8> {
    tlv(0x17, text)
}

pub(super) fn generalized(text: &str) -> Vec<u8> {
    tlv(0x18, text)
}

pub(super) fn validity(begin: &[u8], end: &[u8]) -> Vec<u8> {
    seq(&[begin, end])
}

pub(super) fn point(secret: u8) -> [u8; 65] {
    let secret = SecretKey::from_bytes(&[secret; 32]).unwrap();
    secret.public_key().to_uncompressed()
}

pub(super) fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    seq(&[algorithm, &tlv(3, [&[0], key].concat())])
}

pub(super) fn sm2_algorithm() -> Vec<u8> {
    algorithm("1.2.840.10045.2.1", &oid("1.2.156.10197.1.301"))
}

pub(super) fn sm2_key(secret: u8) -> Vec<u8> {
    spki(&sm2_algorithm(), &point(secret))
}

pub(super) fn rsa_key(octets: usize) -> Vec<u8> {
    let modulus = tlv(2, [&[0, 0xc1][..], &vec![0x11; octets - 1]].concat());
    let key = seq(&[&modulus, &[2, 3, 1, 0, 1]]);
    spki(&algorithm("1.2.840.113549.1.1.1", &[5, 0]), &key)
}

/// Two numbers that nobody signed by.
pub(super) fn signature() -> Vec<u8> {
    [&[0][..], &seq(&[&[2, 1, 5], &[2, 1, 7]])].concat()
}

/// keyUsage of these bits, as DER has it.
pub(super) fn usage(bits: &[usize]) -> Vec<u8> {
    let mut octets = [0u8; 2];
    for bit in bits {
        octets[bit / 8] |= 0x80 >> (bit % 8);
    }
    let octets = if octets[1] == 0 {
        &octets[..1]
    } else {
        &octets
    };
    let unused = octets.last().unwrap().trailing_zeros().min(7);
    tlv(3, [&[u8::try_from(unused).unwrap()], octets].concat())
}

pub(super) fn uri(text: &str) -> Vec<u8> {
    tlv(0x86, text)
}

/// One DistributionPoint with a place.
pub(super) fn crl_point(place: &str) -> Vec<u8> {
    seq(&[&tlv(0xa0, tlv(0xa0, uri(place)))])
}

pub(super) fn access(method: &str, place: &[u8]) -> Vec<u8> {
    seq(&[&oid(method), place])
}

pub(super) const OCSP: &str = "1.3.6.1.5.5.7.48.1";
pub(super) const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
pub(super) const AIA: &str = "1.3.6.1.5.5.7.1.1";
pub(super) const SIA: &str = "1.3.6.1.5.5.7.1.11";
pub(super) const NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";

/// A certificate on its way.
#[derive(Clone)]
pub(super) struct Cert {
    pub(super) version: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) outer: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) validity: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) key: Vec<u8>,
    pub(super) unique: Vec<u8>,
    /// Identifier and the whole extension.
    pub(super) extensions: Vec<(String, Vec<u8>)>,
    /// Instead of the field of extensions.
    pub(super) field: Option<Vec<u8>>,
    pub(super) signature: Vec<u8>,
}

impl Cert {
    fn new(subject: Vec<u8>, secret: u8) -> Self {
        let cert = Self {
            version: tlv(0xa0, [2, 1, 2]),
            serial: tlv(2, [secret; 16]),
            algorithm: algorithm(SM2_SM3, &[]),
            outer: algorithm(SM2_SM3, &[]),
            issuer: name("根"),
            validity: validity(&utc("260701000000Z"), &utc("280701000000Z")),
            subject,
            key: sm2_key(secret),
            unique: Vec::new(),
            extensions: Vec::new(),
            field: None,
            signature: signature(),
        };
        let subject_key: [u8; 20] = Sha1::digest(point(secret)).into();
        cert.with("2.5.29.35", false, &seq(&[&tlv(0x80, [9; 20])]))
            .with("2.5.29.14", false, &tlv(4, subject_key))
    }

    /// The signing certificate of a person, with everything.
    pub(super) fn subscriber() -> Self {
        let cps = seq(&[
            &oid("1.3.6.1.5.5.7.2.1"),
            &tlv(0x16, "http://ca.example.cn/cps"),
        ]);
        let policy = seq(&[&oid("1.2.156.1.1"), &seq(&[&cps])]);
        let services = seq(&[
            &access(OCSP, &uri("http://ocsp.example.cn")),
            &access(CA_ISSUERS, &uri("http://ca.example.cn/ca.crt")),
        ]);
        Self::new(name("张三"), 0x21)
            .usage(&[0, 1])
            .with("2.5.29.32", false, &seq(&[&policy]))
            .with("2.5.29.17", false, &seq(&[&tlv(0x82, "a.example.cn")]))
            .with(
                "2.5.29.31",
                false,
                &seq(&[&crl_point("http://ca.example.cn/1.crl")]),
            )
            .with(AIA, false, &services)
    }

    /// The other half of the pair.
    pub(super) fn encryption() -> Self {
        let other = Self::new(name("张三"), 0x22);
        let mut cert = Self::subscriber().usage(&[2, 3, 4]);
        cert.serial = other.serial;
        cert.key = other.key;
        let key = other.extensions[1].clone();
        cert.extensions[1] = key;
        cert
    }

    pub(super) fn ca() -> Self {
        Self::new(name("签发机构"), 0x23).usage(&[5, 6]).with(
            "2.5.29.19",
            true,
            &seq(&[&[1, 1, 0xff]]),
        )
    }

    pub(super) fn responder() -> Self {
        Self::new(name("应答"), 0x24)
            .usage(&[0])
            .purposes(&["1.3.6.1.5.5.7.3.9"])
            .with(NO_CHECK, false, &[5, 0])
    }

    pub(super) fn usage(self, bits: &[usize]) -> Self {
        self.with("2.5.29.15", true, &usage(bits))
    }

    pub(super) fn purposes(self, ids: &[&str]) -> Self {
        let all: Vec<_> = ids.iter().map(|id| oid(id)).collect();
        self.with("2.5.29.37", false, &tlv(0x30, all.concat()))
    }

    /// With this extension, in the place of one with its identifier.
    pub(super) fn with(mut self, id: &str, critical: bool, value: &[u8]) -> Self {
        let whole = extension(id, critical, value);
        match self.extensions.iter_mut().find(|(other, _)| other == id) {
            Some((_, there)) => *there = whole,
            None => self.extensions.push((id.to_owned(), whole)),
        }
        self
    }

    pub(super) fn without(mut self, id: &str) -> Self {
        self.extensions.retain(|(other, _)| other != id);
        self
    }

    pub(super) fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn tbs(&self) -> Vec<u8> {
        let list: Vec<_> = self.extensions.iter().map(|(_, one)| &one[..]).collect();
        let extensions = tlv(0xa3, seq(&list));
        seq(&[
            &self.version,
            &self.serial,
            &self.algorithm,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.key,
            &self.unique,
            self.field.as_ref().unwrap_or(&extensions),
        ])
    }

    pub(super) fn der(&self) -> Vec<u8> {
        seq(&[&self.tbs(), &self.outer, &tlv(3, &self.signature)])
    }
}

/// A CRL on its way.
#[derive(Clone)]
pub(super) struct List {
    pub(super) version: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) outer: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) this: Vec<u8>,
    pub(super) next: Vec<u8>,
    pub(super) entries: Vec<u8>,
    pub(super) extensions: Vec<(String, Vec<u8>)>,
    pub(super) field: Option<Vec<u8>>,
    pub(super) signature: Vec<u8>,
}

impl List {
    pub(super) fn new() -> Self {
        let list = Self {
            version: vec![2, 1, 1],
            algorithm: algorithm(SM2_SM3, &[]),
            outer: algorithm(SM2_SM3, &[]),
            issuer: name("签发机构"),
            this: utc("260801000000Z"),
            next: utc("260802000000Z"),
            entries: seq(&[&entry(5, &[&reason(1)]), &entry(6, &[])]),
            extensions: Vec::new(),
            field: None,
            signature: signature(),
        };
        list.with("2.5.29.35", false, &seq(&[&tlv(0x80, [9; 20])]))
            .with("2.5.29.20", false, &[2, 1, 7])
    }

    pub(super) fn delta() -> Self {
        Self::new().with("2.5.29.27", true, &[2, 1, 6])
    }

    pub(super) fn with(mut self, id: &str, critical: bool, value: &[u8]) -> Self {
        let whole = extension(id, critical, value);
        match self.extensions.iter_mut().find(|(other, _)| other == id) {
            Some((_, there)) => *there = whole,
            None => self.extensions.push((id.to_owned(), whole)),
        }
        self
    }

    pub(super) fn without(mut self, id: &str) -> Self {
        self.extensions.retain(|(other, _)| other != id);
        self
    }

    pub(super) fn entries(mut self, entries: &[Vec<u8>]) -> Self {
        self.entries = tlv(0x30, entries.concat());
        self
    }

    pub(super) fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn tbs(&self) -> Vec<u8> {
        let list: Vec<_> = self.extensions.iter().map(|(_, one)| &one[..]).collect();
        let extensions = tlv(0xa0, seq(&list));
        seq(&[
            &self.version,
            &self.algorithm,
            &self.issuer,
            &self.this,
            &self.next,
            &self.entries,
            self.field.as_ref().unwrap_or(&extensions),
        ])
    }

    pub(super) fn der(&self) -> Vec<u8> {
        seq(&[&self.tbs(), &self.outer, &tlv(3, &self.signature)])
    }
}

/// A certificate that was revoked a month before the list, with these extensions.
pub(super) fn entry(serial: u8, extensions: &[&[u8]]) -> Vec<u8> {
    entry_of(&[2, 1, serial], &utc("260701000000Z"), extensions)
}

pub(super) fn entry_of(serial: &[u8], date: &[u8], extensions: &[&[u8]]) -> Vec<u8> {
    let extensions = match extensions {
        [] => Vec::new(),
        some => seq(some),
    };
    seq(&[serial, date, &extensions])
}

pub(super) fn reason(code: u8) -> Vec<u8> {
    extension("2.5.29.21", false, &[10, 1, code])
}

/// An OCSP answer on its way.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u8,
    pub(super) kind: &'static str,
    pub(super) version: Vec<u8>,
    pub(super) responder: Vec<u8>,
    pub(super) produced: Vec<u8>,
    pub(super) singles: Vec<u8>,
    pub(super) extensions: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) certificate: Option<Vec<u8>>,
}

impl Answer {
    pub(super) fn new() -> Self {
        Self {
            status: 0,
            kind: "1.3.6.1.5.5.7.48.1.1",
            version: Vec::new(),
            responder: tlv(0xa2, tlv(4, [9; 20])),
            produced: generalized("20260801000000Z"),
            singles: single(&good_status(), &[]),
            extensions: nonce(&[7; 32]),
            algorithm: algorithm(SM2_SM3, &[]),
            signature: signature(),
            certificate: Some(Cert::responder().der()),
        }
    }

    pub(super) fn singles(mut self, singles: &[Vec<u8>]) -> Self {
        self.singles = singles.concat();
        self
    }

    pub(super) fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn data(&self) -> Vec<u8> {
        seq(&[
            &self.version,
            &self.responder,
            &self.produced,
            &tlv(0x30, &self.singles),
            &self.extensions,
        ])
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let certificates = match &self.certificate {
            None => Vec::new(),
            Some(certificate) => tlv(0xa0, seq(&[certificate])),
        };
        let basic = seq(&[
            &self.data(),
            &self.algorithm,
            &tlv(3, &self.signature),
            &certificates,
        ]);
        let bytes = tlv(0xa0, seq(&[&oid(self.kind), &tlv(4, basic)]));
        seq(&[&[10, 1, self.status], &bytes])
    }
}

pub(super) fn nonce(octets: &[u8]) -> Vec<u8> {
    let nonce = extension("1.3.6.1.5.5.7.48.1.2", false, &tlv(4, octets));
    tlv(0xa1, seq(&[&nonce]))
}

pub(super) fn good_status() -> Vec<u8> {
    vec![0x80, 0]
}

pub(super) fn revoked(at: &str, reason: Option<u8>) -> Vec<u8> {
    let reason = reason.map(|code| tlv(0xa0, [10, 1, code]));
    tlv(0xa1, [generalized(at), reason.unwrap_or_default()].concat())
}

pub(super) fn cert_id(digest: &str, length: usize, serial: &[u8]) -> Vec<u8> {
    let hash = tlv(4, vec![1; length]);
    seq(&[&algorithm(digest, &[5, 0]), &hash, &hash, serial])
}

pub(super) fn single(status: &[u8], rest: &[u8]) -> Vec<u8> {
    single_of(
        &cert_id(SHA1_ID, 20, &[2, 1, 5]),
        status,
        "20260731000000Z",
        rest,
    )
}

/// `rest`: nextUpdate and extensions.
pub(super) fn single_of(id: &[u8], status: &[u8], this: &str, rest: &[u8]) -> Vec<u8> {
    seq(&[id, status, &generalized(this), rest])
}

pub(super) fn next_update(text: &str) -> Vec<u8> {
    tlv(0xa0, generalized(text))
}

/// A request on its way.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) version: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) key: Vec<u8>,
    /// The field, tag and all.
    pub(super) attributes: Vec<u8>,
    pub(super) outer: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl Asked {
    pub(super) fn new() -> Self {
        Self {
            version: vec![2, 1, 0],
            subject: name("张三"),
            key: sm2_key(0x25),
            attributes: Vec::new(),
            outer: algorithm(SM2_SM3, &[]),
            signature: signature(),
        }
        .attributes(&[
            password(0x0c, "secret"),
            asks(&[&extension("2.5.29.15", true, &usage(&[0]))]),
        ])
    }

    pub(super) fn attributes(mut self, attributes: &[Vec<u8>]) -> Self {
        self.attributes = tlv(0xa0, attributes.concat());
        self
    }

    pub(super) fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let info = seq(&[&self.version, &self.subject, &self.key, &self.attributes]);
        seq(&[&info, &self.outer, &tlv(3, &self.signature)])
    }
}

pub(super) fn values(id: &str, values: &[&[u8]]) -> Vec<u8> {
    seq(&[&oid(id), &tlv(0x31, values.concat())])
}

pub(super) fn password(tag: u8, text: &str) -> Vec<u8> {
    values("1.2.840.113549.1.9.7", &[&tlv(tag, text)])
}

/// extensionRequest.
pub(super) fn asks(extensions: &[&[u8]]) -> Vec<u8> {
    values("1.2.840.113549.1.9.14", &[&seq(extensions)])
}
