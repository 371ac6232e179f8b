/* program LIBRARY: loads it, and uses it as programs use a token. Says what it finds and
   ends with 0, or says which call failed. */
#include "skf.h"
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(VERSION) == 2, "VERSION");
_Static_assert(sizeof(DEVINFO) == 294, "DEVINFO");
_Static_assert(sizeof(ECCPUBLICKEYBLOB) == 132, "ECCPUBLICKEYBLOB");
_Static_assert(sizeof(ECCSIGNATUREBLOB) == 128, "ECCSIGNATUREBLOB");
_Static_assert(offsetof(ECCCIPHERBLOB, Cipher) == 164, "ECCCIPHERBLOB");
_Static_assert(offsetof(ENVELOPEDKEYBLOB, ECCCipherBlob) == 208, "ENVELOPEDKEYBLOB");
_Static_assert(sizeof(BLOCKCIPHERPARAM) == 44, "BLOCKCIPHERPARAM");
_Static_assert(sizeof(FILEATTRIBUTE) == 44, "FILEATTRIBUTE");

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

#define CALL(name, type, ...)                                     \
    do {                                                          \
        ULONG code = ((type *)function("SKF_" name))(__VA_ARGS__); \
        if (code) {                                               \
            printf("SKF_%s: 0x%08x\n", name, (unsigned int)code); \
            exit(1);                                              \
        }                                                         \
    } while (0)

int main(int count, char **arguments)
{
    HANDLE device, application, container, key;
    DEVINFO info;
    ECCPUBLICKEYBLOB public_key;
    ECCSIGNATUREBLOB signature;
    char names[256];
    uint8_t digest[32] = {7}, octets[16] = {1}, sealed[48], opened[48];
    ULONG size = sizeof(names), retries, length = sizeof(sealed);
    BLOCKCIPHERPARAM parameter = {{9}, 16, 1, 0};

    library = dlopen(count > 1 ? arguments[1] : "", RTLD_NOW);
    if (!library) {
        printf("%s\n", dlerror());
        return 1;
    }
    CALL("EnumDev", EnumDev, 1, names, &size);
    CALL("ConnectDev", ConnectDev, names, &device);
    CALL("GetDevInfo", GetDevInfo, device, &info);
    printf("%.64s, %.32s %.32s\n", info.Manufacturer, info.Label, info.SerialNumber);
    if (info.MaxBufferSize < 1024 || info.DevAuthAlgId != 0x401)
        return 1;
    CALL("OpenApplication", OpenApplication, device, "ca", &application);
    CALL("VerifyPIN", VerifyPIN, application, USER_TYPE, "user pin", &retries);
    CALL("OpenContainer", OpenContainer, application, "one", &container);
    CALL("GenECCKeyPair", GenECCKeyPair, container, SGD_SM2_1, &public_key);
    CALL("ECCSignData", ECCSignData, container, digest, sizeof(digest), &signature);
    CALL("ECCVerify", ECCVerify, device, &public_key, digest, sizeof(digest), &signature);
    CALL("SetSymmKey", SetSymmKey, device, octets, SGD_SM4_CBC, &key);
    CALL("EncryptInit", CryptInit, key, parameter);
    CALL("Encrypt", Crypt, key, digest, sizeof(digest), sealed, &length);
    if (length != 48)
        return 1;
    CALL("DecryptInit", CryptInit, key, parameter);
    CALL("Decrypt", Crypt, key, sealed, 48, opened, &length);
    if (length != 32 || memcmp(opened, digest, 32))
        return 1;
    CALL("DisConnectDev", DisConnectDev, device);
    return 0;
}
