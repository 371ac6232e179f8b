/* A library of GM/T 0018 that does what none should, as HOSTILE says. Its key is the
 * curve's base point; its signatures are none. */

#include <stdlib.h>
#include <string.h>

typedef unsigned int u32;
typedef unsigned char u8;

#define BASE 0x01000000

static const u8 X[32] = {
    0x32, 0xC4, 0xAE, 0x2C, 0x1F, 0x19, 0x81, 0x19, 0x5F, 0x99, 0x04, 0x46, 0x6A, 0x39, 0xC9, 0x94,
    0x8F, 0xE3, 0x0B, 0xBF, 0xF2, 0x66, 0x0B, 0xE1, 0x71, 0x5A, 0x45, 0x89, 0x33, 0x4C, 0x74, 0xC7};
static const u8 Y[32] = {
    0xBC, 0x37, 0x36, 0xA2, 0xF4, 0xF6, 0x77, 0x9C, 0x59, 0xBD, 0xCE, 0xE3, 0x6B, 0x69, 0x21, 0x53,
    0xD0, 0xA9, 0x87, 0x7C, 0xC6, 0x2A, 0x47, 0x40, 0x02, 0xDF, 0x32, 0xE5, 0x21, 0x39, 0xF0, 0xA0};

static int is(const char *what) {
    const char *hostile = getenv("HOSTILE");
    return hostile != NULL && strcmp(hostile, what) == 0;
}

int SDF_OpenDevice(void **device) {
    *device = is("no device handle") ? NULL : (void *)1;
    return is("no device") ? BASE + 0x05 : 0;
}

int SDF_CloseDevice(void *device) { return device == NULL; }

int SDF_OpenSession(void *device, void **session) {
    *session = is("no session handle") ? NULL : (void *)2;
    return device == NULL;
}

int SDF_CloseSession(void *session) { return session == NULL; }

int SDF_GetDeviceInfo(void *session, u8 *info) {
    memset(info, is("no end of text") ? 0xE4 : 0, 100);
    return session == NULL;
}

int SDF_GenerateRandom(void *session, u32 length, u8 *random) {
    memset(random, is("no random") ? 0 : 7, length);
    return session == NULL;
}

int SDF_GetPrivateKeyAccessRight(void *session, u32 index, u8 *password, u32 length) {
    static int calls;
    if (password[length] != 0 || session == NULL || index == 0) {
        return BASE + 0x1D;
    }
    calls++;
    if (is("right without end")) {
        return calls == 1 ? 0 : BASE + 0x01;
    }
    return 0;
}

int SDF_ExportSignPublicKey_ECC(void *session, u32 index, u8 *key) {
    u32 bits = is("wide key") ? 512 : 256;
    if (is("strange code")) {
        return 0x7777;
    }
    if (is("empty places") && index != 3) {
        memset(key, 0, 132);
        return session == NULL;
    }
    memset(key, 0, 132);
    memcpy(key, &bits, 4);
    memcpy(key + 36, X, 32);
    memcpy(key + 100, Y, 32);
    if (is("point off the curve")) {
        key[131] ^= 1;
    }
    if (is("long coordinate")) {
        key[4] = 1;
    }
    if (is("behind the structure")) {
        key[140] = 1;
    }
    return 0;
}

int SDF_ExportEncPublicKey_ECC(void *session, u32 index, u8 *key) {
    return SDF_ExportSignPublicKey_ECC(session, index, key);
}

#ifndef NO_SIGNATURES
int SDF_InternalSign_ECC(void *session, u32 index, u8 *data, u32 length, u8 *signature) {
    /* Input may be scribbled on. */
    memset(data, 0, length);
    if (is("right without end")) {
        return BASE + 0x07;
    }
    if (is("no key to sign with")) {
        return BASE + 0x08;
    }
    memset(signature, 0, 128);
    signature[63] = is("r is zero") ? 0 : 1;
    signature[127] = 1;
    if (is("s is the order")) {
        memset(signature + 96, 0xFF, 32);
    }
    return session == NULL || index == 0;
}
#endif

int SDF_InternalDecrypt_ECC(void *session, u32 index, u32 algorithm, u8 *cipher, u8 *data, u32 *length) {
    if (algorithm != 0x00020800 || cipher == NULL || session == NULL || index == 0) {
        return BASE + 0x1D;
    }
    if (is("longer than the room")) {
        *length = 0x7FFFFFFF;
        return 0;
    }
    if (is("another length")) {
        *length -= 1;
        return 0;
    }
    if (is("behind the room")) {
        data[*length] = 1;
        return 0;
    }
    memset(data, 'm', *length);
    return 0;
}

static u8 file[1024];
static u32 size;

int SDF_CreateFile(void *session, u8 *name, u32 name_length, u32 file_size) {
    size = file_size;
    return session == NULL || name[name_length] != 0;
}

int SDF_WriteFile(void *session, u8 *name, u32 name_length, u32 offset, u32 length, u8 *octets) {
    if (offset + length > sizeof file) {
        return BASE + 0x13;
    }
    memcpy(file + offset, octets, length);
    if (is("other file")) {
        file[offset + length / 2] ^= 1;
    }
    return session == NULL || name[name_length] != 0;
}

int SDF_ReadFile(void *session, u8 *name, u32 name_length, u32 offset, u32 *length, u8 *octets) {
    if (is("no certificate")) {
        memset(octets, 0x41, *length);
        return 0;
    }
    if (size == 0) {
        return BASE + 0x12;
    }
    if (is("file that ends early") && offset > 0) {
        *length = 0;
        return 0;
    }
    /* At most 64 octets at once. */
    if (*length > 64) {
        *length = 64;
    }
    if (offset + *length > size) {
        *length = size - offset;
    }
    memcpy(octets, file + offset, *length);
    return session == NULL || name[name_length] != 0;
}

int SDF_DeleteFile(void *session, u8 *name, u32 name_length) {
    size = 0;
    return session == NULL || name[name_length] != 0;
}
