Story: A case that the approver sends back loses its registration, and whoever reviewed it reviews it again.
Rules: egov-extranet
Proves: S0-04 S1-08 S1-09 S1-12 S1-13 S2-12 S2-24

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
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
wang.wei, registrar, checks genuineness, leaving signed-form archive 1
wang.wei, registrar, registers the case, leaving work-record day book 1
sun.li, approver, takes the review
sun.li, approver, sends the case back:
  - department: the bureau has no such department
  now: returned
  rounds: 1

# Only what was sent back is changed.
li.hua, applicant, tries to correct the form:
  - applicant-name: 李花
  refused under S0-04 S2-24 as not-flagged: "applicant-name is not to be corrected"
li.hua, applicant, corrects the form:
  - department: 办公室
  form: version 2
  check genuineness: open
  check identity-agent: passed

# The printed form is of the old version.
li.hua, applicant, tries to submit the case again
  refused under S2-12 as stale: "application-form was made from version 1 of the form; it is at 2"
li.hua, applicant, adds the documents:
  - application-form: form.jpg
li.hua, applicant, submits the case again
  now: submitted

# The number stays, and the agent is who he was; everything else is done once more.
wang.wei, registrar, starts the registration
  number: 000001
wang.wei, registrar, tries to register the case, leaving work-record day book 2
  refused under S1-08 as check-open: "the check genuineness has not passed"
wang.wei, registrar, checks genuineness, leaving signed-form archive 2
wang.wei, registrar, registers the case, leaving work-record day book 2
sun.li, approver, tries to approve the case
  refused under S1-12 as not-listed: "a case that is handed-over can't be approved"
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: approved
