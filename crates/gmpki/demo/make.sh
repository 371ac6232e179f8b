#!/bin/sh
# Made the files beside this one, with OpenSSL 3.0.19. Running it again makes new
# keys. These keys are public: they are for the demonstration alone.
set -eu
cd "$(dirname "$0")"
make() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out "$1.key.pem"
    openssl req -new -utf8 -sm3 -sigopt distid:1234567812345678 \
        -key "$1.key.pem" -subj "$2" -out "$1.csr.pem"
}
make zhang-san "/C=CN/ST=广东省/L=深圳市/CN=张三"
make shi-li-ke-ji "/C=CN/ST=广东省/L=广州市/O=示例科技有限公司/OU=财务部/CN=示例科技有限公司业务章"
