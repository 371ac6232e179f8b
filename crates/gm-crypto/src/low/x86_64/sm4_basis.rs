//! SM4's bytes seen from AES's field.
//!
//! Both S-boxes invert in a field of 256 elements. SM4's (GB/T 32907-2016, with the
//! algebraic form of Liu, Ji, Hu, Ding, Lv, Pyshkin and Weinmann, ACISP 2007) is
//! `S(x) = A·inv(A·x + C) + C` modulo 0x1F5; AES's (FIPS 197, 5.1.1) is
//! `B·inv(x) + 0x63` modulo 0x11B. A linear map [`FIELD`] carries one field to the
//! other, so `z = FIELD·(A·x + C)` is what AES's instruction wants, and what
//! it gives differs from SM4's octet by an affine map.
//!
//! Two things make rounds cheap:
//!
//! * The state is kept as `INTO·x` with `INTO = FIELD·A`. A sum of words is then what
//!   the instruction wants (the constant hides in the round key).
//! * L (GB/T 32907-2016, 6.2 b) needs no shift of words. With `s[j]` the octets of a
//!   word, the most significant first, and `R2` the rotation of one octet by 2,
//!   octet j of L(s) is `R2(s[j] + s[j+1] + s[j+2]) + D(s[j] + s[j+3])` with
//!   `D(x) = x + (x >> 6)`. R2 and D act on octets, so they melt into the
//!   affine map behind the S-box, which then is made twice, as [`U`] and [`V`].
//!
//! Everything is computed by the compiler from these definitions; the tests of the
//! cipher against its standard decide whether they are right.

/// A linear map of octets: the image of each bit, the lowest first.
pub(crate) type Map = [u8; 8];

const AES_FIELD: u32 = 0x11b;
const SM4_FIELD: u32 = 0x1f5;
/// `C` of SM4's S-box.
const C: u8 = 0xd3;
/// The constant of AES's S-box.
const AES_C: u8 = 0x63;

/// `map` of one octet.
pub(crate) const fn apply(map: Map, octet: u8) -> u8 {
    let (mut image, mut bit) = (0, 0);
    while bit < 8 {
        if octet >> bit & 1 == 1 {
            image ^= map[bit];
        }
        bit += 1;
    }
    image
}

/// `after` of `before`.
const fn compose(after: Map, before: Map) -> Map {
    let (mut map, mut bit) = ([0; 8], 0);
    while bit < 8 {
        map[bit] = apply(after, before[bit]);
        bit += 1;
    }
    map
}

/// The inverse, by search.
const fn inverse(map: Map) -> Map {
    let (mut found, mut octet) = ([0; 8], 1_u8);
    while octet != 0 {
        let image = apply(map, octet);
        if image.is_power_of_two() {
            found[image.trailing_zeros() as usize] = octet;
        }
        octet = octet.wrapping_add(1);
    }
    found
}

/// The product in AES's field.
const fn multiply(a: u8, b: u8) -> u8 {
    let (mut product, mut bit) = (0_u32, 8);
    while bit > 0 {
        bit -= 1;
        product <<= 1;
        if product & 0x100 != 0 {
            product ^= AES_FIELD;
        }
        if b >> bit & 1 == 1 {
            product ^= a as u32;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "reduced below 256")]
    let product = product as u8;
    product
}

/// From SM4's field to AES's: bit i goes to βⁱ, where β is a root of SM4's polynomial.
const FIELD: Map = {
    let mut beta = 2;
    loop {
        let (mut powers, mut power, mut value, mut bit) = ([0; 8], 1, 0, 0);
        while bit <= 8 {
            if bit < 8 {
                powers[bit] = power;
            }
            if SM4_FIELD >> bit & 1 == 1 {
                value ^= power;
            }
            power = multiply(power, beta);
            bit += 1;
        }
        if value == 0 {
            break powers;
        }
        beta += 1;
    }
};

/// SM4's `A`: bit i of the image is the parity of `x & (0xA7 rotated left by i)`.
const A: Map = {
    let (mut map, mut column) = ([0; 8], 0);
    while column < 8 {
        let mut row = 0;
        while row < 8 {
            map[column] |= (0xa7_u8.rotate_left(row) >> column & 1) << row;
            row += 1;
        }
        column += 1;
    }
    map
};

/// AES's `B`: each bit goes to itself and the four above it, around.
const B: Map = {
    let (mut map, mut bit) = ([0; 8], 0);
    while bit < 8 {
        map[bit as usize] = 0x1f_u8.rotate_left(bit);
        bit += 1;
    }
    map
};

const R2: Map = [4, 8, 16, 32, 64, 128, 1, 2];
const D: Map = [1, 2, 4, 8, 16, 32, 64 | 1, 128 | 2];

/// Into the basis that the state is kept in.
pub(crate) const INTO: Map = compose(FIELD, A);
/// Back from it.
pub(crate) const FROM: Map = inverse(INTO);
/// What each octet of a round key is given after [`INTO`].
pub(crate) const KEY: u8 = apply(FIELD, C);

/// From the inverse in AES's field to the S-box without its constant.
const OUT: Map = compose(A, inverse(FIELD));
/// The same from what AES's S-box gives.
const OUT_AES: Map = compose(OUT, inverse(B));
const OUT_AES_C: u8 = apply(OUT_AES, AES_C) ^ C;

/// An affine map of octets.
#[derive(Clone, Copy)]
pub(crate) struct Affine {
    pub(crate) map: Map,
    pub(crate) constant: u8,
}

/// From AES's S-box to R2 of SM4's, in the basis of the state.
pub(crate) const U: Affine = Affine {
    map: compose(INTO, compose(R2, OUT_AES)),
    constant: apply(INTO, apply(R2, OUT_AES_C)),
};
/// From AES's S-box to D of SM4's, likewise; its constant would be added twice.
pub(crate) const V: Affine = Affine {
    map: compose(INTO, compose(D, OUT_AES)),
    constant: 0,
};
/// From AES's S-box to SM4's, in the standard's basis: for the key schedule.
pub(crate) const PLAIN: Affine = Affine {
    map: OUT_AES,
    constant: OUT_AES_C,
};

/// [`INTO`] and [`FROM`] as affine maps.
pub(crate) const INTO_STATE: Affine = Affine {
    map: INTO,
    constant: 0,
};
pub(crate) const FROM_STATE: Affine = Affine {
    map: FROM,
    constant: 0,
};
/// [`INTO`] for round keys, with [`KEY`].
pub(crate) const INTO_KEY: Affine = Affine {
    map: INTO,
    constant: KEY,
};

/// The images of the 16 low halves of an octet and of the 16 high ones: a look-up by a
/// shuffle of registers, not of memory.
pub(crate) const fn halves(affine: Affine) -> [[u8; 16]; 2] {
    let (mut tables, mut half) = ([[0; 16]; 2], 0);
    while half < 16 {
        #[expect(clippy::cast_possible_truncation, reason = "below 16")]
        let octet = half as u8;
        tables[0][half] = apply(affine.map, octet) ^ affine.constant;
        tables[1][half] = apply(affine.map, octet << 4);
        half += 1;
    }
    tables
}

/// The shuffle that gives octet j of each word the octet j + `by`: a rotation of words to
/// the left by 8·`by` bits.
#[cfg(test)]
pub(crate) const fn rotation(by: usize) -> [u8; 16] {
    let (mut shuffle, mut octet) = ([0; 16], 0);
    while octet < 16 {
        #[expect(clippy::cast_possible_truncation, reason = "below 16")]
        let index = (octet / 4 * 4 + (octet + by) % 4) as u8;
        shuffle[octet] = index;
        octet += 1;
    }
    shuffle
}

/// The shuffle that undoes AES's ShiftRows and gives octet j of each word the octet
/// j + `by`, as [`rotation`] does.
pub(crate) const fn rows_back(by: usize) -> [u8; 16] {
    let (mut shuffle, mut word) = ([0; 16], 0);
    while word < 4 {
        let mut octet = 0;
        while octet < 4 {
            let row = (octet + by) % 4;
            #[expect(clippy::cast_possible_truncation, reason = "below 16")]
            let index = (4 * ((word + 4 - row) % 4) + row) as u8;
            shuffle[4 * word + octet] = index;
            octet += 1;
        }
        word += 1;
    }
    shuffle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inverse_of(octet: u8) -> u8 {
        (0..254).fold(1, |power, _| multiply(power, octet))
    }

    fn affine(affine: Affine, octet: u8) -> u8 {
        apply(affine.map, octet) ^ affine.constant
    }

    /// The standard's S-box, from its basis and back, by way of AES's.
    fn s_box(octet: u8) -> u8 {
        let z = affine(INTO_KEY, octet);
        let aes = apply(B, inverse_of(z)) ^ AES_C;
        affine(PLAIN, aes)
    }

    // GB/T 32907-2016, table of the S-box: its corners, and the place of its example.
    #[test]
    fn the_maps_make_the_s_box_of_the_standard() {
        let expected = [
            (0x00, 0xd6),
            (0x0f, 0x05),
            (0xf0, 0x18),
            (0xff, 0x48),
            (0xef, 0x84),
        ];
        for (octet, image) in expected {
            assert_eq!(s_box(octet), image);
        }
    }

    #[test]
    fn the_rows_come_back_and_turn() {
        // AES's ShiftRows (FIPS 197, 5.1.2) on the numbers of the places.
        let shifted: [usize; 16] = core::array::from_fn(|place| (place + 4 * (place % 4)) % 16);
        for by in 0..4 {
            let both = rows_back(by).map(|place| shifted[usize::from(place)]);
            assert_eq!(both, rotation(by).map(usize::from));
        }
    }
}
