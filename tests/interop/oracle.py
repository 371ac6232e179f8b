"""What tongsuopy and gmssl_pyx make of a file, one question a call.

oracle.py LIBRARY QUESTION ARGUMENTS...; octets are hexadecimal, files are names. The answer
is one line; exit code 1 and a reason when the library refuses.
"""

import sys
from importlib.metadata import version


def octets(path):
    with open(path, "rb") as file:
        return file.read()


def put(path, content):
    with open(path, "wb") as file:
        file.write(content)
    return "written"


def tongsuo(question, arguments):
    from tongsuopy.backends.tongsuo import backend
    from tongsuopy.crypto import hashes, serialization as form
    from tongsuopy.crypto.asymciphers import ec

    algorithm = ec.ECDSA(hashes.SM3())  # its name for SM2 with SM3 and the default ID

    def private(path, password="-"):
        load = form.load_der_private_key
        if octets(path).startswith(b"-----"):
            load = form.load_pem_private_key
        return load(octets(path), None if password == "-" else password.encode())

    def public(path):
        return form.load_pem_public_key(octets(path))

    def crypt(key, start, work, text):
        """Its Python interface has no SM2 encryption; the library below has."""
        lib, ffi = backend._lib, backend._ffi
        context = ffi.gc(lib.EVP_PKEY_CTX_new(key._evp_pkey, ffi.NULL), lib.EVP_PKEY_CTX_free)
        backend.openssl_assert(start(context) == 1)
        length = ffi.new("size_t *")
        backend.openssl_assert(work(context, ffi.NULL, length, text, len(text)) == 1)
        room = ffi.new("unsigned char[]", length[0])
        backend.openssl_assert(work(context, room, length, text, len(text)) == 1)
        return ffi.buffer(room)[: length[0]]

    lib = backend._lib
    match question, arguments:
        case "version", []:
            return f"tongsuopy {version('tongsuopy')}"
        case "private", [path, *password]:
            return f"{private(path, *password).private_numbers().private_value:064x}"
        case "public", [path]:
            numbers = public(path).public_numbers()
            return f"04{numbers.x:064x}{numbers.y:064x}"
        case "make", [scalar, kind, password, path]:
            kinds = {"pkcs8": form.PrivateFormat.PKCS8, "legacy": form.PrivateFormat.TraditionalOpenSSL}
            closed = form.NoEncryption()
            if password != "-":
                closed = form.BestAvailableEncryption(password.encode())
            key = ec.derive_private_key(int(scalar, 16), ec.SM2())
            return put(path, key.private_bytes(form.Encoding.PEM, kinds[kind], closed))
        case "sign", [key, text, path]:
            return put(path, private(key).sign(octets(text), algorithm))
        case "verify", [key, text, signature]:
            public(key).verify(octets(signature), octets(text), algorithm)
            return "good"
        case "encrypt", [key, text, path]:
            work = lib.EVP_PKEY_encrypt_init, lib.EVP_PKEY_encrypt
            return put(path, crypt(public(key), *work, octets(text)))
        case "decrypt", [key, text]:
            work = lib.EVP_PKEY_decrypt_init, lib.EVP_PKEY_decrypt
            return crypt(private(key), *work, octets(text)).hex()


def gmssl(question, arguments):
    import gmssl_pyx as library

    match question, arguments:
        case "version", []:
            return f"gmssl_pyx {library.__version__}"
        case "sign", [scalar, point, text, path]:
            key = bytes.fromhex(scalar), library.normalize_sm2_public_key(point)
            return put(path, library.sm2_sign(*key, octets(text)))
        case "verify", [point, text, signature]:
            key = library.normalize_sm2_public_key(point)
            if not library.sm2_verify(key, octets(text), octets(signature)):
                raise ValueError("the signature is not this key's")
            return "good"
        case "encrypt", [point, text, path]:
            key = library.normalize_sm2_public_key(point)
            return put(path, library.sm2_encrypt(key, octets(text)))
        case "decrypt", [scalar, text]:
            return library.sm2_decrypt(bytes.fromhex(scalar), octets(text)).hex()
        case "generate", []:
            point, scalar = library.sm2_key_generate()
            return f"{scalar.hex()} 04{point.hex()}"


def main():
    libraries = {"tongsuo": tongsuo, "gmssl": gmssl}
    library, question, *arguments = sys.argv[1:]
    try:
        answer = libraries[library](question, arguments)
    except Exception as error:  # whatever a library throws is its refusal
        sys.exit(f"refused: {type(error).__name__}: {error}")
    if answer is None:
        sys.exit(f"no such question: {sys.argv[1:]}")
    print(answer)


main()
