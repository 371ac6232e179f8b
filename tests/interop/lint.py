"""What pkilint finds in many files, in one process: starting it takes longer than its work.

One question a line of standard input, words separated by tabs, and one answer a line of
standard output, JSON:

  version                     {"version": TEXT}
  certificate|crl|ocsp FILE   {"findings": [{"severity", "code", "message", "path"}]}
  time COUNT FILE             {"seconds": SECONDS} for a certificate linted COUNT times

The validators are put together as the programs lint_pkix_cert, lint_crl (profile PKIX)
and lint_ocsp_response of the same package do.
"""

import json
import sys
from importlib.metadata import version
from time import perf_counter

from pkilint import loader, pkix
from pkilint.pkix import certificate, crl, extension, name, ocsp


def certificates():
    decoders = certificate.create_decoding_validators(
        name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
    )
    validators = [
        certificate.create_issuer_validator_container([]),
        certificate.create_validity_validator_container(),
        certificate.create_subject_validator_container([]),
        certificate.create_extensions_validator_container([]),
        certificate.create_spki_validator_container([]),
    ]
    container = certificate.create_pkix_certificate_validator_container(decoders, validators)
    return loader.RFC5280CertificateDocumentLoader(), container


def crls():
    decoders = [
        pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
        pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
    ]
    validators = [
        crl.create_issuer_validator_container([]),
        crl.create_validity_validator_container([]),
        crl.create_extensions_validator_container([]),
    ]
    container = crl.create_pkix_crl_validator_container(decoders, validators)
    return loader.RFC5280CertificateListDocumentLoader(), container


def responses():
    decoders = [
        ocsp.create_response_decoder(),
        pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
        pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
    ]
    container = ocsp.create_pkix_ocsp_response_validator_container(decoders, [])
    return loader.RFC6960OCSPResponseDocumentLoader(), container


def octets(path):
    with open(path, "rb") as file:
        return file.read()


def results(judge, der):
    documents, container = judge
    return container.validate(documents.load_der_document(der).root)


def findings(judge, path):
    return [
        {
            "severity": description.finding.severity.name,
            "code": description.finding.code,
            "message": description.message or "",
            "path": result.node.path,
        }
        for result in results(judge, octets(path))
        for description in result.finding_descriptions
    ]


def seconds(judge, count, path):
    der = octets(path)
    start = perf_counter()
    for _ in range(count):
        results(judge, der)
    return perf_counter() - start


def answer(judges, question):
    match question:
        case ["version"]:
            return {"version": version("pkilint")}
        case ["time", count, path]:
            return {"seconds": seconds(judges["certificate"], int(count), path)}
        case [kind, path]:
            return {"findings": findings(judges[kind], path)}
    raise ValueError(f"no such question: {question}")


def main():
    judges = {"certificate": certificates(), "crl": crls(), "ocsp": responses()}
    for line in sys.stdin:
        print(json.dumps(answer(judges, line.rstrip("\n").split("\t"))))


main()
