/* A library of GM/T 0016 with one device, one application and one container, which does what
 * none should, as HOSTILE says. ULONG is what the compiler is told. Its signing key is the
 * curve's base point; its signatures are none. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned char u8;

#define BASE 0x0A000000
#define W sizeof(ULONG)

static const u8 X[32] = {
    0x32, 0xC4, 0xAE, 0x2C, 0x1F, 0x19, 0x81, 0x19, 0x5F, 0x99, 0x04, 0x46, 0x6A, 0x39, 0xC9, 0x94,
    0x8F, 0xE3, 0x0B, 0xBF, 0xF2, 0x66, 0x0B, 0xE1, 0x71, 0x5A, 0x45, 0x89, 0x33, 0x4C, 0x74, 0xC7};
static const u8 Y[32] = {
    0xBC, 0x37, 0x36, 0xA2, 0xF4, 0xF6, 0x77, 0x9C, 0x59, 0xBD, 0xCE, 0xE3, 0x6B, 0x69, 0x21, 0x53,
    0xD0, 0xA9, 0x87, 0x7C, 0xC6, 0x2A, 0x47, 0x40, 0x02, 0xDF, 0x32, 0xE5, 0x21, 0x39, 0xF0, 0xA0};

#ifdef KEYS_COME_IN
static const u8 NEGATIVE_Y[32] = {
    0x43, 0xC8, 0xC9, 0x5C, 0x0B, 0x09, 0x88, 0x63, 0xA6, 0x42, 0x31, 0x1C, 0x94, 0x96, 0xDE, 0xAC,
    0x2F, 0x56, 0x78, 0x82, 0x39, 0xD5, 0xB8, 0xC0, 0xFD, 0x20, 0xCD, 0x1A, 0xDE, 0xC6, 0x0F, 0x5F};
#endif

static int made;

static int is(const char *what) {
    const char *hostile = getenv("HOSTILE");
    return hostile != NULL && strcmp(hostile, what) == 0;
}

/* What HOSTILE says behind these words, or 0. */
static ULONG code_behind(const char *words) {
    const char *hostile = getenv("HOSTILE");
    size_t length = strlen(words);
    if (hostile == NULL || strncmp(hostile, words, length) != 0) {
        return 0;
    }
    return (ULONG)strtoul(hostile + length, NULL, 16);
}

/* Whether handles were closed in their order: containers, applications, the device. There is
 * one handle of each: who opens something again gets it too, and closing closes it for all. */
static int devices, applications, containers;
static int logged_in, verifications;
static ULONG tries = 3;

static ULONG list(const char *names, ULONG length, char *out, ULONG *size) {
    if (is("endless list")) {
        *size = 0x7FFFFFFF;
        return 0;
    }
    if (out == NULL) {
        *size = length;
        return 0;
    }
    if (*size < length) {
        return BASE + 0x20;
    }
    if (is("list without end")) {
        memset(out, 'n', *size);
        return 0;
    }
    if (is("list beyond its room")) {
        *size += 1;
        return 0;
    }
    memcpy(out, names, length);
    *size = length;
    return 0;
}

ULONG SKF_EnumDev(int present, char *names, ULONG *size) {
    if (present != 1) {
        return BASE + 0x06;
    }
    if (is("no answer")) {
        sleep(60);
    }
    if (is("two devices")) {
        return list("first\0second\0", 14, names, size);
    }
    return list("device\0", 8, names, size);
}

ULONG SKF_ConnectDev(char *name, void **device) {
    devices++;
    *device = is("no device handle") ? NULL : (void *)1;
    return strcmp(name, "device") == 0 ? 0 : BASE + 0x23;
}

ULONG SKF_DisConnectDev(void *device) {
    if (device != (void *)1 || applications != 0 || containers != 0) {
        abort();
    }
    devices = 0;
    return 0;
}

static char label[32] = "as it came";

ULONG SKF_GetDevInfo(void *device, u8 *info) {
    ULONG algorithm = is("SM1") ? 0x101 : 0x401;
    memset(info, 0, 198 + 8 * W + 64);
    info[0] = 1;
    memcpy(info + 2, "Maker", 5);
    memcpy(info + 130, label, 32);
    memcpy(info + 198 + 3 * W, &algorithm, W);
    return device != (void *)1;
}

ULONG SKF_SetLabel(void *device, char *given) {
    if (!is("deaf")) {
        strncpy(label, given, 31);
    }
    return device != (void *)1;
}

ULONG SKF_EnumApplication(void *device, char *names, ULONG *size) {
    return list("application\0", 13, names, size);
}

ULONG SKF_OpenApplication(void *device, char *name, void **application) {
    applications++;
    *application = (void *)2;
    return strcmp(name, "application") == 0 ? 0 : BASE + 0x2E;
}

ULONG SKF_CloseApplication(void *application) {
    if (application != (void *)2 || containers != 0) {
        abort();
    }
    applications = 0;
    return 0;
}

#ifndef NO_PIN_INFO
ULONG SKF_GetPINInfo(void *application, ULONG kind, ULONG *maximum, ULONG *remaining, int *initial) {
    *maximum = 3;
    *remaining = is("locked") ? 0 : tries;
    *initial = is("initial PIN");
    if (is("huge count")) {
        *remaining = (ULONG)-1;
    }
    return application != (void *)2 || kind > 1;
}
#endif

#ifdef CLEARS
static int cleared;

ULONG SKF_ClearSecureState(void *application) {
    if (is("not cleared at once") && cleared++ == 0) {
        return BASE + 0x01;
    }
    cleared = 1;
    logged_in = 0;
    return application != (void *)2;
}
#else
static const int cleared = 0;
#endif

ULONG SKF_VerifyPIN(void *application, ULONG kind, char *pin, ULONG *remaining) {
    if (is("logged in already") && !cleared) {
        logged_in = 1;
        return BASE + 0x28;
    }
    verifications++;
    if (is("locked") || is("initial PIN") || verifications > 2) {
        /* Should not have been asked. */
        abort();
    }
    if (is("silent")) {
        return BASE + 0x24;
    }
    if (strcmp(pin, "123456") != 0) {
        *remaining = --tries;
        return BASE + (is("length") ? 0x27 : 0x24);
    }
    logged_in = 1;
    return application != (void *)2 || kind != 1;
}

ULONG SKF_ChangePIN(void *application, ULONG kind, char *old, char *fresh, ULONG *remaining) {
    if (strcmp(old, "123456") != 0) {
        *remaining = --tries;
        return BASE + 0x24;
    }
    if (strlen(fresh) < 6) {
        return BASE + 0x27;
    }
    logged_in = is("a change logs in") || is("not cleared at once");
    return application != (void *)2 || kind > 1;
}

ULONG SKF_EnumContainer(void *application, char *names, ULONG *size) {
    return list("{One}\0", 7, names, size);
}

ULONG SKF_OpenContainer(void *application, char *name, void **container) {
    containers++;
    *container = (void *)3;
    return strcmp(name, "{One}") == 0 ? 0 : BASE + 0x06;
}

ULONG SKF_CloseContainer(void *container) {
    if (container != (void *)3) {
        abort();
    }
    containers = 0;
    return 0;
}

static int imported;

#ifdef KEYS_COME_IN
/* Whatever came in, the key that is shown is the base point. */
ULONG SKF_ImportECCKeyPair(void *container, u8 *blob) {
    if (code_behind("encryption key: ") != 0) {
        /* There is one. */
        abort();
    }
    imported = 1;
    return container != (void *)3 || !logged_in;
}

ULONG SKF_GenECCKeyPair(void *container, ULONG algorithm, u8 *key) {
    ULONG bits = 256;
    if (code_behind("signing key: ") != 0 || code_behind("only an encryption key: ") != 0) {
        abort();
    }
    memset(key, 0, W + 128);
    memcpy(key, &bits, W);
    /* The base point's negative: p - y. */
    memcpy(key + W + 32, X, 32);
    memcpy(key + W + 96, NEGATIVE_Y, 32);
    made = 1;
    return container != (void *)3 || algorithm != 0x00020200 || !logged_in;
}
#endif

ULONG SKF_ExportPublicKey(void *container, int signing, u8 *key, ULONG *length) {
    ULONG bits = 256;
    if (*length < W + 128) {
        return BASE + 0x20;
    }
    if (signing && code_behind("only an encryption key: ") != 0) {
        return BASE + 0x1B;
    }
    ULONG refusal = signing ? code_behind("signing key: ")
                            : code_behind("encryption key: ") + code_behind("only an encryption key: ");
    if (refusal != 0) {
        return refusal;
    }
    if (signing && is("no key yet") && !made) {
        return BASE + 0x1B;
    }
    if (!signing && !is("encryption key") && !imported) {
        return BASE + 0x1B;
    }
    memset(key, 0, W + 128);
    memcpy(key, &bits, W);
    memcpy(key + W + 32, X, 32);
    memcpy(key + W + 96, Y, 32);
    if (is("point off the curve")) {
        key[W + 127] ^= 1;
    }
    *length = W + 128 - (is("short key") ? 1 : 0);
    return container != (void *)3;
}

ULONG SKF_ECCSignData(void *container, u8 *data, ULONG length, u8 *signature) {
    static int calls;
    memset(data, 0, length);
    if (is("pulled") && ++calls == 1) {
        return BASE + 0x23;
    }
    if (is("forgotten login") && ++calls == 2) {
        logged_in = 0;
    }
    if (!logged_in) {
        return BASE + 0x2D;
    }
    if (devices == 0 || applications == 0 || containers == 0) {
        return BASE + 0x05;
    }
    memset(signature, 0, 128);
    signature[63] = is("r is zero") ? 0 : 1;
    signature[127] = 1;
    return container != (void *)3 || length != 32;
}

ULONG SKF_PrvKeyDecrypt(void *container, ULONG kind, u8 *cipher, u8 *data, ULONG *length) {
    ULONG said;
    memcpy(&said, cipher + 160, W);
    if (kind != 1 || said != *length || container != (void *)3) {
        return BASE + 0x06;
    }
    memset(data, 'm', *length);
    if (is("longer than the room")) {
        *length = (ULONG)-1;
    }
    return 0;
}

static u8 certificate[2048];
static ULONG certificate_length;

ULONG SKF_ImportCertificate(void *container, int signing, u8 *octets, ULONG length) {
    if (!logged_in || length > sizeof certificate) {
        return BASE + 0x2D;
    }
    memcpy(certificate, octets, length);
    certificate[length / 2] ^= is("other certificate");
    certificate_length = length;
    return container != (void *)3 || !signing;
}

ULONG SKF_ExportCertificate(void *container, int signing, u8 *octets, ULONG *length) {
    if (!signing || certificate_length == 0) {
        return BASE + 0x1C;
    }
    return list((char *)certificate, certificate_length, (char *)octets, length);
}

ULONG SKF_GenRandom(void *device, u8 *random, ULONG length) {
    memset(random, 7, length);
    return device != (void *)1;
}

ULONG SKF_DevAuth(void *device, u8 *answer, ULONG length) {
    /* 16 octets, of which the challenge's zeros are encrypted too. */
    return device != (void *)1 || length != 16 || answer[0] == 7;
}

ULONG SKF_WaitForDevEvent(char *name, ULONG *length, ULONG *event) {
    memcpy(name, "device", 7);
    *length = 7;
    *event = is("strange event") ? 3 : is("removal") ? 2 : 1;
    return 0;
}
