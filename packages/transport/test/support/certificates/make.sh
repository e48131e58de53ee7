#!/bin/sh
# Makes the certificates of the tests anew, valid for a hundred years. Needs openssl. They are for tests only: everybody has the keys.
set -eu
cd "$(dirname "$0")"

authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -sha256 \
    -subj "/CN=$2" -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign' \
    -keyout "$1-key.pem" -out "$1.pem" 2>/dev/null
}

# file, authority, common name, extended use, alternative names
certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$3" \
    -keyout "$1-key.pem" -out "$1.csr" 2>/dev/null
  printf 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=%s\nsubjectAltName=%s\n' "$4" "$5" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2-key.pem" -CAcreateserial -days 36500 -sha256 \
    -extfile "$1.ext" -out "$1.pem" 2>/dev/null
  rm "$1.csr" "$1.ext"
}

# Its own authority, valid through 2020.
expired() {
  printf '[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' > expired.cnf
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > expired.ext
  : > index.txt
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=router.test' \
    -keyout expired-key.pem -out expired.csr 2>/dev/null
  openssl ca -batch -notext -selfsign -config expired.cnf -extfile expired.ext -keyfile expired-key.pem \
    -startdate 20200101000000Z -enddate 20210101000000Z -in expired.csr -out expired.pem 2>/dev/null
  rm expired.cnf expired.ext expired.csr index.txt* ./[0-9A-F]*.pem
}

authority authority 'Test Authority'
authority stranger 'Another Authority'
certificate server authority 'router.test' serverAuth 'DNS:localhost,DNS:router.test,IP:127.0.0.1,IP:::1'
certificate client authority 'orders' clientAuth 'DNS:orders.test'
certificate stranger-server stranger 'router.test' serverAuth 'DNS:localhost,IP:127.0.0.1,IP:::1'
certificate stranger-client stranger 'orders' clientAuth 'DNS:orders.test'
expired
# The authorities' work is done.
rm -f authority-key.pem stranger-key.pem ./*.srl
