//! SM4: the key schedule, one block, 8 KiB of blocks.
//!
//! The cipher is RustCrypto's `sm4` itself, handed on; a second column would measure
//! the same code. Our constant-time cipher, when it stands here, gets that crate as its
//! peer. Modes come from generic crates and are measured where they are used.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gm_crypto::sm4::{
    BLOCK_LENGTH, Sm4,
    cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit},
};
use std::{hint::black_box, time::Duration};

const BLOCKS: usize = 8_192 / BLOCK_LENGTH;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    targets = key_schedule, blocks
}
criterion_main!(benches);

fn key_schedule(c: &mut Criterion) {
    let key = [7; BLOCK_LENGTH].into();
    c.bench_function("sm4/key-schedule/ours", |b| {
        b.iter(|| Sm4::new(black_box(&key)))
    });
}

fn blocks(c: &mut Criterion) {
    let cipher = Sm4::new(&[7; BLOCK_LENGTH].into());
    let mut blocks = [Block::<Sm4>::default(); BLOCKS];

    let mut group = c.benchmark_group("sm4/block");
    group.throughput(Throughput::Bytes(BLOCK_LENGTH as u64));
    group.bench_function("ours", |b| {
        b.iter(|| cipher.encrypt_block(black_box(&mut blocks[0])))
    });
    group.finish();

    let mut group = c.benchmark_group("sm4/8-kib");
    group.throughput(Throughput::Bytes((BLOCKS * BLOCK_LENGTH) as u64));
    group.bench_function("ours-encrypt", |b| {
        b.iter(|| cipher.encrypt_blocks(black_box(&mut blocks)));
    });
    group.bench_function("ours-decrypt", |b| {
        b.iter(|| cipher.decrypt_blocks(black_box(&mut blocks)));
    });
    group.finish();
}
