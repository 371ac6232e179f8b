import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.*;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CRLEntryHolder;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/**
 * What BouncyCastle makes of certificates, CRLs and OCSP answers: one question a line of
 * standard input, words separated by tabs, one answer a line of standard output, which is
 * "good" with what was read, or "refused: " with the reason.
 */
public class Judge {
    static final Provider BC = new BouncyCastleProvider();
    /** RFC 6960, 4.4.8: an identifier that BouncyCastle has no name for. */
    static final ASN1ObjectIdentifier EXTENDED_REVOKE = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.48.1.9");
    static final String[] USAGES = {"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment",
        "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"};

    public static void main(String[] none) throws Exception {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = questions.readLine()) != null; ) {
            String answer;
            try {
                answer = answer(line.split("\t"));
            } catch (Exception error) {
                answer = "refused: " + error;
            }
            byte[] octets = (answer.replaceAll("\\s+", " ") + "\n").getBytes(StandardCharsets.UTF_8);
            System.out.write(octets, 0, octets.length);
            System.out.flush();
        }
    }

    static String answer(String[] a) throws Exception {
        switch (a[0]) {
            case "version":
                return "good BouncyCastle " + BC.getVersionStr();
            case "certificate": // TIME CERTIFICATE ISSUER... up to the anchor
                return certificate(Instant.parse(a[1]), Arrays.copyOfRange(a, 2, a.length));
            case "crl": // CRL ISSUER
                return crl(new X509CRLHolder(octets(a[1])), holder(a[2]));
            case "ocsp": // RESPONSE SIGNER
                return ocsp(new OCSPResp(octets(a[1])), holder(a[2]));
            default:
                throw new IllegalArgumentException("no such question: " + a[0]);
        }
    }

    static String certificate(Instant at, String[] files) throws Exception {
        X509CertificateHolder certificate = holder(files[0]), issuer = holder(files[1]);
        if (!certificate.isSignatureValid(verifier(issuer))) throw new Exception("the signature does not fit");
        Extensions extensions = certificate.getExtensions();
        String key = method(certificate.getSubjectPublicKeyInfo(),
            SubjectKeyIdentifier.fromExtensions(extensions).getKeyIdentifier());
        if (files.length > 2 || !files[0].equals(files[1])) {
            AuthorityKeyIdentifier authority = AuthorityKeyIdentifier.fromExtensions(extensions);
            expect("authorityKeyIdentifier",
                SubjectKeyIdentifier.fromExtensions(issuer.getExtensions()).getKeyIdentifier(),
                authority.getKeyIdentifier());
            if (authority.getAuthorityCertSerialNumber() != null) {
                key += "+issuer";
                GeneralNames names = new GeneralNames(new GeneralName(issuer.getIssuer()));
                if (!names.equals(authority.getAuthorityCertIssuer())
                    || !issuer.getSerialNumber().equals(authority.getAuthorityCertSerialNumber())) {
                    throw new Exception("authorityKeyIdentifier of another certificate");
                }
            }
        }
        validate(at, files);

        List<String> said = new ArrayList<>(List.of("good"));
        said.add("serial=" + certificate.getSerialNumber().toString(16));
        said.add("until=" + certificate.getNotAfter().toInstant());
        said.add("key=" + key);
        KeyUsage usage = KeyUsage.fromExtensions(extensions);
        List<String> usages = new ArrayList<>();
        for (int bit = 0; bit < USAGES.length; bit++) {
            // The named bits as KeyUsage has them: the first is the highest of the first octet.
            int mask = bit < 8 ? 0x80 >> bit : 0x8000;
            if (usage != null && usage.hasUsages(mask)) usages.add(USAGES[bit]);
        }
        said.add("usage=" + critical(extensions, Extension.keyUsage) + String.join("+", usages));
        BasicConstraints constraints = BasicConstraints.fromExtensions(extensions);
        BigInteger below = constraints == null ? null : constraints.getPathLenConstraint();
        said.add("ca=" + critical(extensions, Extension.basicConstraints)
            + (constraints != null && constraints.isCA()) + (below == null ? "" : "," + below));
        List<String> purposes = new ArrayList<>();
        ExtendedKeyUsage extended = ExtendedKeyUsage.fromExtensions(extensions);
        if (extended != null) for (KeyPurposeId purpose : extended.getUsages()) purposes.add(purpose.getId());
        said.add("purposes=" + critical(extensions, Extension.extendedKeyUsage) + String.join("+", purposes));
        List<String> policies = new ArrayList<>();
        CertificatePolicies known = CertificatePolicies.fromExtensions(extensions);
        if (known != null) {
            for (PolicyInformation one : known.getPolicyInformation()) {
                ASN1Sequence qualifiers = one.getPolicyQualifiers();
                String note = "";
                for (int i = 0; qualifiers != null && i < qualifiers.size(); i++) {
                    note += "," + inside(PolicyQualifierInfo.getInstance(qualifiers.getObjectAt(i)).getQualifier()
                        .toASN1Primitive());
                }
                policies.add(one.getPolicyIdentifier().getId() + note);
            }
        }
        said.add("policies=" + String.join("+", policies));
        GeneralNames names = GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
        said.add("names=" + (names == null ? 0 : names.getNames().length));
        for (ASN1ObjectIdentifier oid : List.of(Extension.cRLDistributionPoints, Extension.freshestCRL)) {
            Extension points = extensions.getExtension(oid);
            if (points == null) continue;
            List<String> urls = new ArrayList<>();
            for (DistributionPoint point : CRLDistPoint.getInstance(points.getParsedValue()).getDistributionPoints()) {
                urls.add(names(GeneralNames.getInstance(point.getDistributionPoint().getName())));
            }
            said.add((oid.equals(Extension.freshestCRL) ? "delta=" : "crl=") + String.join("+", urls));
        }
        AuthorityInformationAccess access = AuthorityInformationAccess.fromExtensions(extensions);
        if (access != null) {
            for (AccessDescription one : access.getAccessDescriptions()) {
                boolean ocsp = one.getAccessMethod().equals(AccessDescription.id_ad_ocsp);
                said.add((ocsp ? "ocsp=" : "issuer=") + one.getAccessLocation().getName());
            }
        }
        NameConstraints limits = NameConstraints.getInstance(
            Extensions.getExtensionParsedValue(extensions, Extension.nameConstraints));
        if (limits != null) {
            said.add("limits=" + critical(extensions, Extension.nameConstraints)
                + trees("+", limits.getPermittedSubtrees()) + trees("-", limits.getExcludedSubtrees()));
        }
        if (certificate.getSignatureAlgorithm().getParameters() != null) said.add("parameters=null");
        for (ASN1ObjectIdentifier oid : extensions.getExtensionOIDs()) {
            // GB/T 20518's own, by the value that stands inside.
            if (!oid.getId().startsWith("1.2.156.")) continue;
            ASN1Primitive value = ASN1Primitive.fromByteArray(extensions.getExtension(oid).getExtnValue().getOctets());
            said.add(critical(extensions, oid) + oid + "=" + inside(value));
        }
        return String.join(" ", said);
    }

    /** How a key's identifier is made. */
    static String method(SubjectPublicKeyInfo key, byte[] identifier) throws Exception {
        JcaX509ExtensionUtils made = new JcaX509ExtensionUtils();
        if (Arrays.equals(identifier, made.createSubjectKeyIdentifier(key).getKeyIdentifier())) return "sha1";
        PublicKey read = KeyFactory.getInstance("EC", BC).generatePublic(new X509EncodedKeySpec(key.getEncoded()));
        byte[] bits60 = made.createTruncatedSubjectKeyIdentifier(read).getKeyIdentifier();
        if (Arrays.equals(identifier, bits60)) return "sha1-60";
        byte[] point = key.getPublicKeyData().getOctets(), digest = new byte[32];
        SM3Digest sm3 = new SM3Digest();
        sm3.update(point, 0, point.length);
        sm3.doFinal(digest, 0);
        if (Arrays.equals(identifier, Arrays.copyOf(digest, 20))) return "sm3";
        throw new Exception("another subjectKeyIdentifier");
    }

    static String names(GeneralNames names) {
        List<String> said = new ArrayList<>();
        for (GeneralName name : names.getNames()) said.add(name.getName().toString());
        return String.join(",", said);
    }

    static String trees(String mark, GeneralSubtree[] trees) {
        String said = "";
        if (trees != null) for (GeneralSubtree tree : trees) said += mark + tree.getBase().getName();
        return said;
    }

    /** A path by PKIX: BouncyCastle's own signature checks, and no critical extension unknown. */
    static void validate(Instant at, String[] files) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509", BC);
        List<X509Certificate> certificates = new ArrayList<>();
        for (String file : files) {
            certificates.add(new JcaX509CertificateConverter().setProvider(BC).getCertificate(holder(file)));
        }
        X509Certificate anchor = certificates.remove(certificates.size() - 1);
        CertPath path = factory.generateCertPath(certificates);
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX", BC).validate(path, parameters);
    }

    static String crl(X509CRLHolder crl, X509CertificateHolder issuer) throws Exception {
        if (!crl.isSignatureValid(verifier(issuer))) throw new Exception("the signature does not fit");
        if (!crl.getIssuer().equals(issuer.getSubject())) throw new Exception("another issuer's name");
        List<String> said = new ArrayList<>(List.of("good"));
        for (Object each : crl.getExtensionOIDs()) {
            ASN1ObjectIdentifier oid = (ASN1ObjectIdentifier) each;
            Extension extension = crl.getExtension(oid);
            String mark = extension.isCritical() ? "!" : "";
            if (oid.equals(Extension.cRLNumber)) {
                said.add("number=" + mark + ASN1Integer.getInstance(extension.getParsedValue()).getValue());
            } else if (oid.equals(Extension.deltaCRLIndicator)) {
                said.add("delta=" + mark + ASN1Integer.getInstance(extension.getParsedValue()).getValue());
            } else if (oid.equals(Extension.issuingDistributionPoint)) {
                said.add("point=" + mark + point(IssuingDistributionPoint.getInstance(extension.getParsedValue())));
            } else if (oid.equals(Extension.authorityKeyIdentifier)) {
                expect("authorityKeyIdentifier",
                    SubjectKeyIdentifier.fromExtensions(issuer.getExtensions()).getKeyIdentifier(),
                    AuthorityKeyIdentifier.getInstance(extension.getParsedValue()).getKeyIdentifier());
                said.add("issuer=" + mark + "key");
            } else {
                said.add(mark + oid);
            }
        }
        for (Object each : crl.getRevokedCertificates()) {
            X509CRLEntryHolder entry = (X509CRLEntryHolder) each;
            Extension reason = entry.getExtension(Extension.reasonCode);
            Extension since = entry.getExtension(Extension.invalidityDate);
            said.add(entry.getSerialNumber().toString(16) + "="
                + (reason == null ? "-" : CRLReason.getInstance(reason.getParsedValue()).getValue())
                + (since == null ? "" : "," + ASN1GeneralizedTime.getInstance(since.getParsedValue()).getTime()));
        }
        return String.join(" ", said);
    }

    static String point(IssuingDistributionPoint point) {
        List<String> said = new ArrayList<>();
        if (point.getDistributionPoint() != null) {
            said.add(names(GeneralNames.getInstance(point.getDistributionPoint().getName())));
        }
        if (point.onlyContainsUserCerts()) said.add("users");
        if (point.onlyContainsCACerts()) said.add("authorities");
        if (point.isIndirectCRL()) said.add("indirect");
        if (point.getOnlySomeReasons() != null) said.add("reasons");
        return String.join(",", said);
    }

    static String ocsp(OCSPResp response, X509CertificateHolder signer) throws Exception {
        if (response.getStatus() != OCSPResp.SUCCESSFUL) throw new Exception("status " + response.getStatus());
        BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
        if (!basic.isSignatureValid(verifier(signer))) throw new Exception("the signature does not fit");
        List<String> said = new ArrayList<>(List.of("good"));
        ASN1TaggedObject responder = (ASN1TaggedObject) basic.getResponderId().toASN1Primitive().toASN1Primitive();
        said.add("by=" + (responder.getTagNo() == 1 ? "name" : "key"));
        said.add("certificates=" + basic.getCerts().length);
        if (basic.getCerts().length > 0 && !basic.getCerts()[0].equals(signer)) {
            throw new Exception("the certificate that comes along is another's");
        }
        Extension nonce = basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (nonce != null) {
            byte[] octets = ASN1OctetString.getInstance(nonce.getParsedValue()).getOctets();
            said.add("nonce=" + HexFormat.of().formatHex(octets));
        }
        if (basic.getExtension(EXTENDED_REVOKE) != null) said.add("extended-revoke");
        for (SingleResp one : basic.getResponses()) {
            CertificateStatus status = one.getCertStatus();
            String text = "unknown";
            if (status == CertificateStatus.GOOD) text = "good";
            if (status instanceof RevokedStatus revoked) {
                text = "revoked" + (revoked.hasRevocationReason() ? "," + revoked.getRevocationReason() : "");
            }
            Extension cutoff = one.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_archive_cutoff);
            if (cutoff != null) text += ",cutoff" + ASN1GeneralizedTime.getInstance(cutoff.getParsedValue()).getTime();
            said.add(one.getCertID().getSerialNumber().toString(16) + "=" + text);
        }
        return String.join(" ", said);
    }

    /** A value's kind and text, inside of a tag or a sequence of one. */
    static String inside(ASN1Primitive value) {
        if (value instanceof ASN1TaggedObject tagged) {
            return "[" + tagged.getTagNo() + "]" + inside(tagged.getBaseObject().toASN1Primitive());
        }
        return value.getClass().getSimpleName() + ":" + value;
    }

    static String critical(Extensions extensions, ASN1ObjectIdentifier oid) {
        Extension extension = extensions.getExtension(oid);
        return extension != null && extension.isCritical() ? "!" : "";
    }

    static void expect(String what, byte[] wanted, byte[] found) throws Exception {
        if (!Arrays.equals(wanted, found)) throw new Exception("another " + what);
    }

    static ContentVerifierProvider verifier(X509CertificateHolder issuer) throws Exception {
        return new JcaContentVerifierProviderBuilder().setProvider(BC).build(issuer);
    }

    static X509CertificateHolder holder(String path) throws Exception {
        return new X509CertificateHolder(octets(path));
    }

    static byte[] octets(String path) throws Exception {
        return Files.readAllBytes(Path.of(path));
    }
}
