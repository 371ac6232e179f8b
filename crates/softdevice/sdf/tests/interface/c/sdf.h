/* What a C program of these tests knows of GM/T 0018-2012: types of clause 5 and some
   functions of clause 6. */
#ifndef SDF_H
#define SDF_H

typedef struct {
    unsigned char IssuerName[40];
    unsigned char DeviceName[16];
    unsigned char DeviceSerial[16];
    unsigned int DeviceVersion;
    unsigned int StandardVersion;
    unsigned int AsymAlgAbility[2];
    unsigned int SymAlgAbility;
    unsigned int HashAlgAbility;
    unsigned int BufferSize;
} DEVICEINFO;

#define ECCref_MAX_LEN 64

typedef struct {
    unsigned int bits;
    unsigned char x[ECCref_MAX_LEN];
    unsigned char y[ECCref_MAX_LEN];
} ECCrefPublicKey;

typedef struct {
    unsigned char r[ECCref_MAX_LEN];
    unsigned char s[ECCref_MAX_LEN];
} ECCSignature;

typedef struct {
    unsigned char x[ECCref_MAX_LEN];
    unsigned char y[ECCref_MAX_LEN];
    unsigned char M[32];
    unsigned int L;
    unsigned char C[1];
} ECCCipher;

#define SGD_SM3 0x00000001
#define SGD_SM4_CBC 0x00000402
#define SGD_SM2_1 0x00020200
#define SGD_SM2_3 0x00020800

typedef int OpenDevice(void **device);
typedef int CloseDevice(void *device);
typedef int OpenSession(void *device, void **session);
typedef int CloseSession(void *session);
typedef int GetDeviceInfo(void *session, DEVICEINFO *info);
typedef int GetPrivateKeyAccessRight(void *session, unsigned int index, unsigned char *password,
                                     unsigned int length);
typedef int ExportSignPublicKey(void *session, unsigned int index, ECCrefPublicKey *key);
typedef int HashInit(void *session, unsigned int algorithm, ECCrefPublicKey *key,
                     unsigned char *id, unsigned int id_length);
typedef int HashUpdate(void *session, unsigned char *data, unsigned int length);
typedef int HashFinal(void *session, unsigned char *hash, unsigned int *length);
typedef int InternalSign(void *session, unsigned int index, unsigned char *data,
                         unsigned int length, ECCSignature *signature);
typedef int ExternalVerify(void *session, unsigned int algorithm, ECCrefPublicKey *key,
                           unsigned char *data, unsigned int length, ECCSignature *signature);
typedef int InternalEncrypt(void *session, unsigned int index, unsigned int algorithm,
                            unsigned char *data, unsigned int length, ECCCipher *cipher);
typedef int InternalDecrypt(void *session, unsigned int index, unsigned int algorithm,
                            ECCCipher *cipher, unsigned char *data, unsigned int *length);
typedef int GenerateKeyWithIPK(void *session, unsigned int index, unsigned int bits,
                               ECCCipher *cipher, void **key);
typedef int Encrypt(void *session, void *key, unsigned int algorithm, unsigned char *iv,
                    unsigned char *data, unsigned int length, unsigned char *output,
                    unsigned int *output_length);

#endif
