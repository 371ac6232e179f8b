Story: Somebody in government service gets a certificate in a token, through the agent of the organisation.
Rules: egov-extranet
Proves: S1-01 S1-02 S1-03 S1-04 S1-05 S1-06 S1-07 S1-08 S1-09 S1-10 S1-11 S1-12 S1-13 S1-14 S1-15 S1-16 S1-17 S1-18 S1-19 X-01

# 2.1 内部准备: approver, agent, conditions, the list of applicants.
Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
Given the token k0001

# 2.2 资料准备: the form, and the form on paper, signed.
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

# 2.3 资料提交: in the centralised model to the agent, not to the registrar.
li.hua, applicant, tries to submit the case
  refused under S1-02 as not-in-this-model: "in the model centralised"
li.hua, applicant, submits the case to the agent
  now: internal-review

# 2.4 内部审批: three points, and all of them must be in order.
zhao.min, agent, tries to pass the case on although the form is wrong
  refused under S1-06 as verdict-no: "the form is not in order"
zhao.min, agent, passes the case on
  now: submitted
  deadline review: 2024-03-11 17:59:59

# 2.5 信息审核与注册: numbered, looked at, the customer identified, registered, written down.
wang.wei, registrar, starts the registration
  number: 000001
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, tries to register the case, leaving work-record day book 14
  refused under S1-08 as check-open: "the check genuineness has not passed"
wang.wei, registrar, checks genuineness, leaving signed-form archive 2024/1
wang.wei, registrar, tries to register the case although the identity is wrong, leaving work-record day book 14
  refused under S1-08 as verdict-no: "identity is not in order"
wang.wei, registrar, registers the case, leaving work-record day book 14
  now: handed-over

# 2.6 证书签发与制作: another person looks once more, labels the token, issues, writes it.
wang.wei, approver, tries to take the review
  refused under S1-12 X-01 as same-person: "wang.wei acted as registrar in this case and can't act as approver too"
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: approved
sun.li, approver, brings a new key made in a token
sun.li, approver, tries to issue the certificates
  refused under S1-14 as check-open: "token-bound"
sun.li, approver, binds the token k0001
  token k0001: bound to a case
sun.li, approver, issues the certificates
  certificates: issued
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 15
  token k0001: written

# 2.7 证书包装与发放: sent as the form says; the PIN in another message, by the approver himself.
sun.li, approver, tries to hand the packet p-1 over, leaving delivery-receipt counter receipt 1
  refused under S1-16 as delivery: "on-site is not a way this is delivered"
sun.li, approver, sends the packet p-1 by courier, leaving delivery-receipt EMS 1001
  now: dispatched
  certificates: issued
  deadline confirmation: 2024-03-11 23:59:59
sun.li, pin-custodian, tells the PIN to the agent by telephone, leaving notice-receipt call 77

# He asks whether it arrived and is right; then the certificate is in use (2.8).
sun.li, approver, confirms the receipt, leaving call-record call 78
  now: confirmed
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 16
  now: closed
