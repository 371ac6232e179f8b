import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.CipherOutputStream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.*;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.jcajce.provider.asymmetric.util.ECUtil;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.*;
import org.bouncycastle.operator.bc.BcDigestProvider;
import org.bouncycastle.operator.jcajce.*;
import org.bouncycastle.pkcs.*;
import org.bouncycastle.pkcs.bc.BcPKCS12MacCalculatorBuilderProvider;
import org.bouncycastle.util.BigIntegers;

/** What BouncyCastle makes of a file, one question a call: QUESTION ARGUMENTS. */
public class Oracle {
    static final Provider BC = new BouncyCastleProvider();
    /** GM/T 0010's name of the signature in a SignerInfo. */
    static final AlgorithmIdentifier SIGNATURE = new AlgorithmIdentifier(GMObjectIdentifiers.sm2sign_with_sm3);

    public static void main(String[] question) {
        try {
            System.out.println(answer(question));
        } catch (Exception error) {
            System.err.println("refused: " + error);
            System.exit(1);
        }
    }

    static String answer(String[] a) throws Exception {
        switch (a[0]) {
            case "version":
                return "BouncyCastle " + BC.getVersionStr();
            case "private": // FILE PASSWORD: encrypted PKCS#8
                return scalar(new PKCS8EncryptedPrivateKeyInfo(octets(a[1])).decryptPrivateKeyInfo(opener(a[2])));
            case "make": // KEY PASSWORD FILE: encrypted PKCS#8
                PKCS8EncryptedPrivateKeyInfoBuilder builder = new PKCS8EncryptedPrivateKeyInfoBuilder(octets(a[1]));
                return put(a[3], builder.build(closer(a[2])).getEncoded());
            case "pkcs12": // FILE PASSWORD
                return pkcs12(new PKCS12PfxPdu(octets(a[1])), a[2]);
            case "verify": // MESSAGE CERTIFICATE [CONTENT]
                return verify(a);
            case "sign": // KEY CERTIFICATE CONTENT FILE, with attributes and RFC 5652's names
                return sign(a);
            case "decrypt": // MESSAGE CERTIFICATE KEY
                return decrypt(a);
            case "encrypt": // CERTIFICATE CONTENT FILE
                return encrypt(a);
            case "encipher": // CERTIFICATE MODE CONTENT FILE, C1 with its 04
                return put(a[4], encipher(a[1], a[2], octets(a[3])));
            case "decipher": // KEY MODE FILE
                return HexFormat.of().formatHex(decipher(a[1], a[2], octets(a[3])));
            default:
                throw new IllegalArgumentException("no such question: " + a[0]);
        }
    }

    static String pkcs12(PKCS12PfxPdu file, String password) throws Exception {
        BcDigestProvider digests = algorithm -> new SM3Digest();
        if (!file.isMacValid(new BcPKCS12MacCalculatorBuilderProvider(digests), password.toCharArray())) {
            throw new Exception("the MAC does not fit");
        }
        List<String> found = new ArrayList<>();
        for (ContentInfo part : file.getContentInfos()) {
            boolean closed = part.getContentType().equals(PKCSObjectIdentifiers.encryptedData);
            PKCS12SafeBagFactory bags =
                closed ? new PKCS12SafeBagFactory(part, opener(password)) : new PKCS12SafeBagFactory(part);
            for (PKCS12SafeBag bag : bags.getSafeBags()) {
                if (bag.getBagValue() instanceof PKCS8EncryptedPrivateKeyInfo key) {
                    found.add("key " + scalar(key.decryptPrivateKeyInfo(opener(password))));
                } else if (bag.getBagValue() instanceof X509CertificateHolder certificate) {
                    found.add("certificate " + certificate.getSerialNumber().toString(16));
                }
            }
        }
        return String.join(" ", found);
    }

    // Its builders find no SM4 by identifier and no HMAC-SM3 for PBKDF2, in 1.72; by name it has both.

    static InputDecryptorProvider opener(String password) {
        return algorithm -> {
            try {
                PBES2Parameters scheme = PBES2Parameters.getInstance(algorithm.getParameters());
                expect(GMObjectIdentifiers.sms4_cbc, scheme.getEncryptionScheme().getAlgorithm());
                PBKDF2Params derivation = PBKDF2Params.getInstance(scheme.getKeyDerivationFunc().getParameters());
                byte[] secret = derive(password, derivation);
                return decryptor(algorithm, secret, scheme.getEncryptionScheme().getParameters());
            } catch (Exception error) {
                throw new OperatorCreationException("PBES2: " + error, error);
            }
        };
    }

    static OutputEncryptor closer(String password) throws Exception {
        byte[] salt = random(16), iv = random(16);
        AlgorithmIdentifier prf = new AlgorithmIdentifier(GMObjectIdentifiers.hmac_sm3, DERNull.INSTANCE);
        PBKDF2Params derivation = new PBKDF2Params(salt, 2048, 16, prf);
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, new PBES2Parameters(
            new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, derivation),
            new EncryptionScheme(GMObjectIdentifiers.sms4_cbc, new DEROctetString(iv))));
        return encryptor(algorithm, derive(password, derivation), iv);
    }

    static byte[] derive(String password, PBKDF2Params derivation) throws Exception {
        boolean sm3 = GMObjectIdentifiers.hmac_sm3.equals(derivation.getPrf().getAlgorithm());
        if (!sm3) expect(PKCSObjectIdentifiers.id_hmacWithSHA256, derivation.getPrf().getAlgorithm());
        SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2WITHHMAC" + (sm3 ? "SM3" : "SHA256"), BC);
        return factory.generateSecret(new PBEKeySpec(password.toCharArray(), derivation.getSalt(),
            derivation.getIterationCount().intValueExact(), 128)).getEncoded();
    }

    static Cipher sm4(int direction, byte[] secret, byte[] iv) throws Exception {
        Cipher cipher = Cipher.getInstance("SM4/CBC/PKCS7Padding", BC);
        cipher.init(direction, new SecretKeySpec(secret, "SM4"), new IvParameterSpec(iv));
        return cipher;
    }

    static InputDecryptor decryptor(AlgorithmIdentifier algorithm, byte[] secret, ASN1Encodable iv) throws Exception {
        Cipher cipher = sm4(Cipher.DECRYPT_MODE, secret, ASN1OctetString.getInstance(iv).getOctets());
        return new InputDecryptor() {
            public AlgorithmIdentifier getAlgorithmIdentifier() { return algorithm; }
            public InputStream getInputStream(InputStream in) { return new CipherInputStream(in, cipher); }
        };
    }

    static OutputEncryptor encryptor(AlgorithmIdentifier algorithm, byte[] secret, byte[] iv) throws Exception {
        Cipher cipher = sm4(Cipher.ENCRYPT_MODE, secret, iv);
        return new OutputEncryptor() {
            public AlgorithmIdentifier getAlgorithmIdentifier() { return algorithm; }
            public OutputStream getOutputStream(OutputStream out) { return new CipherOutputStream(out, cipher); }
            public GenericKey getKey() { return new GenericKey(secret); }
        };
    }

    static void expect(ASN1ObjectIdentifier wanted, ASN1ObjectIdentifier found) throws Exception {
        if (!wanted.equals(found)) throw new Exception(found + " instead of " + wanted);
    }

    static byte[] random(int length) {
        byte[] octets = new byte[length];
        new SecureRandom().nextBytes(octets);
        return octets;
    }

    static String verify(String[] a) throws Exception {
        X509CertificateHolder certificate = new X509CertificateHolder(octets(a[2]));
        CMSSignedData message = a.length > 3
            ? new CMSSignedData(new CMSProcessableByteArray(octets(a[3])), octets(a[1]))
            : new CMSSignedData(octets(a[1]));
        // It knows no name for .301.1 in a SignerInfo: it gets one, all the rest is its own.
        CMSSignatureAlgorithmNameGenerator names = (digest, signature) -> "SM3withSM2";
        SignatureAlgorithmIdentifierFinder finder = name -> SIGNATURE;
        SignerInformationVerifier verifier = new SignerInformationVerifier(names, finder,
            new JcaContentVerifierProviderBuilder().setProvider(BC).build(certificate),
            new JcaDigestCalculatorProviderBuilder().setProvider(BC).build());
        Collection<SignerInformation> signers = message.getSignerInfos().getSigners(new SignerId(
            certificate.getIssuer(), certificate.getSerialNumber()));
        if (signers.size() != 1) throw new Exception(signers.size() + " signers of this name");
        if (!signers.iterator().next().verify(verifier)) throw new Exception("the signature does not fit");
        if (a.length > 3) return "good";
        CMSTypedData content = message.getSignedContent();
        if (content instanceof PKCS7ProcessableObject other) {
            return HexFormat.of().formatHex(ASN1OctetString.getInstance(other.getContent()).getOctets());
        }
        return HexFormat.of().formatHex((byte[]) content.getContent());
    }

    static String sign(String[] a) throws Exception {
        X509CertificateHolder certificate = new X509CertificateHolder(octets(a[2]));
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(new JcaSimpleSignerInfoGeneratorBuilder().setProvider(BC)
            .build("SM3withSM2", key(a[1]), certificate(a[2])));
        generator.addCertificates(new JcaCertStore(List.of(certificate)));
        CMSTypedData content = new CMSProcessableByteArray(octets(a[3]));
        return put(a[4], generator.generate(content, true).toASN1Structure().getEncoded("DER"));
    }

    // It has no wrapping by SM2 under .301.3: it gets one of its own engine and GM/T 0009's DER.

    static String decrypt(String[] a) throws Exception {
        X509CertificateHolder certificate = new X509CertificateHolder(octets(a[2]));
        KeyTransRecipientId id = new KeyTransRecipientId(certificate.getIssuer(), certificate.getSerialNumber());
        RecipientInformation recipient = new CMSEnvelopedData(octets(a[1])).getRecipientInfos().get(id);
        if (recipient == null) throw new Exception("no recipient of this name");
        return HexFormat.of().formatHex(recipient.getContent((KeyTransRecipient) (wrap, cipher, wrapped) -> {
            try {
                expect(GMObjectIdentifiers.sm2encrypt, wrap.getAlgorithm());
                expect(GMObjectIdentifiers.sms4_cbc, cipher.getAlgorithm());
                byte[] secret = decipher(a[3], "C1C3C2", toRaw(wrapped));
                return new RecipientOperator(decryptor(cipher, secret, cipher.getParameters()));
            } catch (Exception error) {
                throw new CMSException("recipient: " + error, error);
            }
        }));
    }

    static String encrypt(String[] a) throws Exception {
        X509CertificateHolder certificate = new X509CertificateHolder(octets(a[1]));
        byte[] secret = random(16), iv = random(16);
        AsymmetricKeyWrapper wrapper = new AsymmetricKeyWrapper(new AlgorithmIdentifier(GMObjectIdentifiers.sm2encrypt)) {
            public byte[] generateWrappedKey(GenericKey key) throws OperatorException {
                try {
                    return toDer(encipher(a[1], "C1C3C2", (byte[]) key.getRepresentation()));
                } catch (Exception error) {
                    throw new OperatorException("wrap", error);
                }
            }
        };
        CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
        generator.addRecipientInfoGenerator(new KeyTransRecipientInfoGenerator(
            new IssuerAndSerialNumber(certificate.toASN1Structure()), wrapper) {});
        AlgorithmIdentifier cipher = new AlgorithmIdentifier(GMObjectIdentifiers.sms4_cbc, new DEROctetString(iv));
        CMSTypedData content = new CMSProcessableByteArray(octets(a[2]));
        CMSEnvelopedData message = generator.generate(content, encryptor(cipher, secret, iv));
        return put(a[3], message.toASN1Structure().getEncoded("DER"));
    }

    static byte[] toRaw(byte[] der) throws Exception {
        ASN1Sequence cipher = ASN1Sequence.getInstance(der);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(4);
        for (int i = 0; i < 2; i++) {
            BigInteger coordinate = ASN1Integer.getInstance(cipher.getObjectAt(i)).getPositiveValue();
            out.write(BigIntegers.asUnsignedByteArray(32, coordinate));
        }
        for (int i = 2; i < 4; i++) out.write(ASN1OctetString.getInstance(cipher.getObjectAt(i)).getOctets());
        return out.toByteArray();
    }

    static byte[] toDer(byte[] raw) throws Exception {
        ASN1EncodableVector cipher = new ASN1EncodableVector();
        cipher.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(raw, 1, 33))));
        cipher.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(raw, 33, 65))));
        cipher.add(new DEROctetString(Arrays.copyOfRange(raw, 65, 97)));
        cipher.add(new DEROctetString(Arrays.copyOfRange(raw, 97, raw.length)));
        return new DERSequence(cipher).getEncoded();
    }

    static byte[] encipher(String certificate, String mode, byte[] text) throws Exception {
        SM2Engine engine = new SM2Engine(SM2Engine.Mode.valueOf(mode));
        CipherParameters key = ECUtil.generatePublicKeyParameter(certificate(certificate).getPublicKey());
        engine.init(true, new ParametersWithRandom(key, new SecureRandom()));
        return engine.processBlock(text, 0, text.length);
    }

    static byte[] decipher(String key, String mode, byte[] text) throws Exception {
        SM2Engine engine = new SM2Engine(SM2Engine.Mode.valueOf(mode));
        engine.init(false, ECUtil.generatePrivateKeyParameter(key(key)));
        return engine.processBlock(text, 0, text.length);
    }

    static String scalar(PrivateKeyInfo info) throws Exception {
        return String.format("%064x", ECPrivateKey.getInstance(info.parsePrivateKey()).getKey());
    }

    static PrivateKey key(String path) throws Exception {
        return KeyFactory.getInstance("EC", BC).generatePrivate(new PKCS8EncodedKeySpec(octets(path)));
    }

    static X509Certificate certificate(String path) throws Exception {
        return new JcaX509CertificateConverter().setProvider(BC).getCertificate(new X509CertificateHolder(octets(path)));
    }

    static byte[] octets(String path) throws Exception {
        return Files.readAllBytes(Path.of(path));
    }

    static String put(String path, byte[] octets) throws Exception {
        Files.write(Path.of(path), octets);
        return "written";
    }
}
