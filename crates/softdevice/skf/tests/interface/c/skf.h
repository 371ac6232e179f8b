/* What a C program of these tests knows of GM/T 0016-2012: types of clause 6 and some
   functions of clause 7. */
#ifndef SKF_H
#define SKF_H

#include <stdint.h>

typedef uint32_t ULONG;
typedef int32_t BOOL;
typedef void *HANDLE;

#pragma pack(push, 1)
typedef struct {
    uint8_t major, minor;
} VERSION;

typedef struct {
    VERSION Version;
    char Manufacturer[64];
    char Issuer[64];
    char Label[32];
    char SerialNumber[32];
    VERSION HWVersion;
    VERSION FirmwareVersion;
    ULONG AlgSymCap;
    ULONG AlgAsymCap;
    ULONG AlgHashCap;
    ULONG DevAuthAlgId;
    ULONG TotalSpace;
    ULONG FreeSpace;
    ULONG MaxECCBufferSize;
    ULONG MaxBufferSize;
    uint8_t Reserved[64];
} DEVINFO;

typedef struct {
    ULONG BitLen;
    uint8_t XCoordinate[64];
    uint8_t YCoordinate[64];
} ECCPUBLICKEYBLOB;

typedef struct {
    uint8_t r[64];
    uint8_t s[64];
} ECCSIGNATUREBLOB;

typedef struct {
    uint8_t XCoordinate[64];
    uint8_t YCoordinate[64];
    uint8_t HASH[32];
    ULONG CipherLen;
    uint8_t Cipher[1];
} ECCCIPHERBLOB;

typedef struct {
    ULONG Version;
    ULONG ulSymmAlgID;
    ULONG ulBits;
    uint8_t cbEncryptedPriKey[64];
    ECCPUBLICKEYBLOB PubKey;
    ECCCIPHERBLOB ECCCipherBlob;
} ENVELOPEDKEYBLOB;

typedef struct {
    uint8_t IV[32];
    ULONG IVLen;
    ULONG PaddingType;
    ULONG FeedBitLen;
} BLOCKCIPHERPARAM;

typedef struct {
    char FileName[32];
    ULONG FileSize;
    ULONG ReadRights;
    ULONG WriteRights;
} FILEATTRIBUTE;
#pragma pack(pop)

#define SGD_SM4_CBC 0x00000402
#define SGD_SM2_1 0x00020200
#define USER_TYPE 1

typedef ULONG EnumDev(BOOL present, char *names, ULONG *size);
typedef ULONG ConnectDev(char *name, HANDLE *device);
typedef ULONG DisConnectDev(HANDLE device);
typedef ULONG GetDevInfo(HANDLE device, DEVINFO *info);
typedef ULONG OpenApplication(HANDLE device, char *name, HANDLE *application);
typedef ULONG VerifyPIN(HANDLE application, ULONG type, char *pin, ULONG *retries);
typedef ULONG OpenContainer(HANDLE application, char *name, HANDLE *container);
typedef ULONG GenECCKeyPair(HANDLE container, ULONG algorithm, ECCPUBLICKEYBLOB *key);
typedef ULONG ECCSignData(HANDLE container, uint8_t *data, ULONG length,
                          ECCSIGNATUREBLOB *signature);
typedef ULONG ECCVerify(HANDLE device, ECCPUBLICKEYBLOB *key, uint8_t *data, ULONG length,
                        ECCSIGNATUREBLOB *signature);
typedef ULONG SetSymmKey(HANDLE device, uint8_t *octets, ULONG algorithm, HANDLE *key);
/* By value. */
typedef ULONG CryptInit(HANDLE key, BLOCKCIPHERPARAM parameter);
typedef ULONG Crypt(HANDLE key, uint8_t *data, ULONG length, uint8_t *output,
                    ULONG *output_length);

#endif
