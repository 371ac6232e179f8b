/* program LIBRARY: loads it, and uses it as programs use a device. Says what it finds and
   ends with 0, or says which call failed. */
#include "sdf.h"
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(DEVICEINFO) == 100, "DEVICEINFO");
_Static_assert(sizeof(ECCrefPublicKey) == 132, "ECCrefPublicKey");
_Static_assert(sizeof(ECCSignature) == 128, "ECCSignature");
_Static_assert(offsetof(ECCCipher, C) == 164, "ECCCipher");

static void *library;

static void *function(const char *name)
{
    void *found = dlsym(library, name);
    if (!found) {
        printf("no %s\n", name);
        exit(1);
    }
    return found;
}

#define CALL(name, type, ...)                                        \
    do {                                                             \
        int code = ((type *)function("SDF_" name))(__VA_ARGS__);     \
        if (code) {                                                  \
            printf("SDF_%s: 0x%08x\n", name, (unsigned int)code);    \
            exit(1);                                                 \
        }                                                            \
    } while (0)

int main(int count, char **arguments)
{
    void *device, *session, *key;
    DEVICEINFO info;
    ECCrefPublicKey public_key;
    ECCSignature signature;
    unsigned char hash[32], opened[16], sealed[32], iv[16] = {0};
    unsigned char message[] = "to be signed", data[] = "sixteen octets..";
    unsigned int length = sizeof(hash);
    ECCCipher *cipher = malloc(sizeof(ECCCipher) + 16);

    library = dlopen(count > 1 ? arguments[1] : "", RTLD_NOW);
    if (!library || !cipher) {
        printf("%s\n", dlerror());
        return 1;
    }
    CALL("OpenDevice", OpenDevice, &device);
    CALL("OpenSession", OpenSession, device, &session);
    CALL("GetDeviceInfo", GetDeviceInfo, session, &info);
    printf("%.40s, %.16s %.16s\n", info.IssuerName, info.DeviceName, info.DeviceSerial);
    CALL("GetPrivateKeyAccessRight", GetPrivateKeyAccessRight, session, 1,
         (unsigned char *)"user pin", 8);
    CALL("ExportSignPublicKey_ECC", ExportSignPublicKey, session, 1, &public_key);
    if (public_key.bits != 256)
        return 1;
    CALL("HashInit", HashInit, session, SGD_SM3, &public_key,
         (unsigned char *)"1234567812345678", 16);
    CALL("HashUpdate", HashUpdate, session, message, sizeof(message) - 1);
    CALL("HashFinal", HashFinal, session, hash, &length);
    CALL("InternalSign_ECC", InternalSign, session, 1, hash, length, &signature);
    CALL("ExternalVerify_ECC", ExternalVerify, session, SGD_SM2_1, &public_key, hash, length,
         &signature);
    CALL("InternalEncrypt_ECC", InternalEncrypt, session, 1, SGD_SM2_3, data, 16, cipher);
    length = sizeof(opened);
    CALL("InternalDecrypt_ECC", InternalDecrypt, session, 1, SGD_SM2_3, cipher, opened, &length);
    if (cipher->L != 16 || length != 16 || memcmp(opened, data, 16))
        return 1;
    CALL("GenerateKeyWithIPK_ECC", GenerateKeyWithIPK, session, 1, 128, cipher, &key);
    length = sizeof(sealed);
    CALL("Encrypt", Encrypt, session, key, SGD_SM4_CBC, iv, hash, 32, sealed, &length);
    if (length != 32 || memcmp(iv, sealed + 16, 16))
        return 1;
    CALL("CloseSession", CloseSession, session);
    CALL("CloseDevice", CloseDevice, device);
    free(cipher);
    return 0;
}
