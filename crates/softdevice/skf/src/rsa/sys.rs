//! The C functions of RSA. Their arguments are not looked at, so none is declared: in C's
//! conventions whoever calls lays arguments down and takes them away.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::code::Code;

macro_rules! refused {
    ($($name:ident)*) => {
        $(
            /// Refuses: the device has no RSA.
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> u32 {
                Code::NotSupported.value()
            }
        )*
    };
}

refused! {
    SKF_GenExtRSAKey
    SKF_GenRSAKeyPair
    SKF_ImportRSAKeyPair
    SKF_RSASignData
    SKF_RSAVerify
    SKF_RSAExportSessionKey
    SKF_ExtRSAPubKeyOperation
    SKF_ExtRSAPriKeyOperation
}
