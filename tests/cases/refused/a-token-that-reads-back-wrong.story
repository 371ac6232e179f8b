Story: A token that does not hold what was written is put aside, and another takes its place.
Rules: egov-extranet
Proves: S1-14 S1-15

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
Given the token k0001
Given the token k0002
li.hua, applicant, opens case a-1 to apply in counter mode: certificate person, hard, centralised, for finance-bureau
li.hua, applicant, fills in the form for 1 year:
  - applicant-name: 李华
  - identity-number: 11010519491231002X
  - organisation-name: 市财政局
  - department: 信息中心
  - mobile: 13800138000
  - delivery: courier
  - delivery-address: 市民路1号
li.hua, applicant, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
  number: 000001
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 1
wang.wei, registrar, registers the case, leaving work-record day book 1
sun.li, approver, takes the review
sun.li, approver, approves the case
sun.li, approver, tries to bind the token k0009
  refused under S1-14 as token: "token k0009 is not in the inventory"
sun.li, approver, binds the token k0001
sun.li, approver, tries to bind the token k0002
  refused under S1-14 as token: "k0002"
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, tries to write the certificates to the token and reads back something else, leaving work-record day book 2
  refused under S1-15 as read-back: "what was read back is not the certificate"
  token k0001: put aside
sun.li, approver, tries to write the certificates to the token and reads them back, leaving work-record day book 2
  refused under S1-15 as token: "token k0001 is put aside"

# The key is in the broken token, so the case is objected to, and a new key is made in another one.
sun.li, approver, objects: the token k0001 reads back other octets
  now: objected
li.hua, applicant, opens case a-2 to reissue in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, because superseded
li.hua, applicant, fills in the form for the rest of the term as in case a-1
li.hua, applicant, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 2
wang.wei, registrar, registers the case, leaving work-record day book 3
sun.li, approver, takes the review
sun.li, approver, approves the case
sun.li, approver, binds the token k0002
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
  certificates of a-1: revoked
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 4
  token k0002: written
