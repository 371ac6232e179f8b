Story: What was registered and reviewed can't be changed under the reviewers' hands: it is sent back, and looked at anew.
Rules: egov-extranet
Proves: S1-05 S1-09 S1-12 S1-13 S2-12 S2-24

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
Given the token k0001
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
  now: approved

# Approved: nobody edits it.
li.hua, applicant, tries to correct the form:
  - department: 办公室
  refused under S1-05 as not-listed: "a case that is approved can't be form-filled"
li.hua, applicant, tries to add the documents:
  - application-form: other.jpg
  refused as not-listed: "can't be document-added"
sun.li, approver, tries to send the case back:
  - department: the bureau has no such department
  refused as not-listed: "can't be returned"
sun.li, approver, binds the token k0001
  now: approved
