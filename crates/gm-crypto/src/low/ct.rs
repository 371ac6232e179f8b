//! Marks for the constant-time check under valgrind.
//!
//! `tests/constant_time.rs` declares secrets as undefined memory; valgrind then
//! reports every branch and every address that depends on them. What the
//! algorithm publishes anyway is declassified here, in one place, by name.

/// Declares that `value` may be known: `reason` says why. Gives it back; costs nothing
/// in release builds, and in debug builds is a request that only valgrind understands.
#[inline(always)]
#[must_use]
pub(crate) fn declassify<T: Copy>(value: T, reason: &'static str) -> T {
    let _ = reason;
    #[cfg(all(debug_assertions, target_arch = "x86_64"))]
    let value = {
        let mut value = value;
        make_defined(core::ptr::from_mut(&mut value).cast(), size_of::<T>());
        value
    };
    value
}

/// memcheck's `MAKE_MEM_DEFINED`.
#[cfg(all(debug_assertions, target_arch = "x86_64"))]
fn make_defined(start: *mut u8, length: usize) {
    // 'M' 'C' in the two high octets, then the number of the request.
    let request: [u64; 6] = [0x4D43_0002, start as u64, length as u64, 0, 0, 0];
    // SAFETY: four rotations of RDI that together are no change, and an exchange of a
    // register with itself: no effect outside valgrind. Under valgrind the
    // request reads `request` and changes only valgrind's own record of definedness.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") request.as_ptr(),
            inout("rdx") 0_u64 => _,
            in("rdi") 0_u64,
        );
    }
}
