//! The C functions of RSA. Their arguments are not looked at, so none is declared: in C's
//! conventions whoever calls lays arguments down and takes them away.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::code::Code;

macro_rules! refused {
    ($($name:ident)*) => {
        $(
            /// Refuses: the device has no RSA.
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> i32 {
                Code::NotSupported.value()
            }
        )*
    };
}

refused! {
    SDF_ExportSignPublicKey_RSA
    SDF_ExportEncPublicKey_RSA
    SDF_GenerateKeyPair_RSA
    SDF_GenerateKeyWithIPK_RSA
    SDF_GenerateKeyWithEPK_RSA
    SDF_ImportKeyWithISK_RSA
    SDF_ExchangeDigitEnvelopeBaseOnRSA
    SDF_ExternalPublicKeyOperation_RSA
    SDF_InternalPublicKeyOperation_RSA
    SDF_InternalPrivateKeyOperation_RSA
    SDF_ExternalPrivateKeyOperation_RSA
}
