### What people read, in English. A message is called GROUP-WORD, after its group and the word that
### code has for it; `{ $name }` is a fact of the refusal. zh.ftl has the same messages with the same
### facts.

## language

language-en = English
language-zh = Chinese

## kind

kind-apply = application
kind-renew = renewal
kind-freeze = freezing
kind-unfreeze = unfreezing
kind-reissue = reissue
kind-revoke = revocation

## mode

mode-counter = at the counter
mode-witness = before a witness
mode-other = other means

## model

model-centralised = centralised handling
model-self-service = handling by the applicant

## seat

seat-applicant = applicant
seat-agent = handling agent
seat-organisation-approver = the organisation's approver
seat-registrar = RA registrar
seat-approver = RA approver
seat-witness = witness
seat-handler = business handler
seat-checker = checker
seat-pin-custodian = PIN custodian
seat-cashier = cashier
seat-clerk = clerk
seat-auditor = auditor
seat-official = official
seat-key-officer = key officer
seat-system = system
seat-intake = intake officer
seat-assessor = assessor

## carrier

carrier-hard = token
carrier-soft = file

## subject-kind

subject-kind-person = a natural person
subject-kind-organisation = an organisation
subject-kind-member = a member of an organisation

## check

check-consent = agreements consented to
check-form = form complete
check-documents = documents present
check-identity-agent = agent's identity
check-identity-holder = holder's identity
check-genuineness = genuineness of the application
check-authorisation = organisation's authorisation
check-witness = witness present
check-live-session = live session both ways
check-mobile-real-name = mobile number under the person's own name
check-payment = payment
check-bank-control = control of the bank account
check-quota = number of certificates
check-key-proof = possession of the private key
check-token-bound = token bound

## stage

stage-submission = submission
stage-registration = registration
stage-approval = approval
stage-issuance = issuance

## evidence-kind

evidence-kind-signed-form = signed form
evidence-kind-paper-archive = number in the paper archive
evidence-kind-signed-in-presence = statement that it was signed before the witness
evidence-kind-identity-query = answer of the card reader or the police query
evidence-kind-other-identity-proof = other proof of identity
evidence-kind-original-seen = look at the original document
evidence-kind-witness-video = video of the witnessing
evidence-kind-witness-audio = sound recording of the witnessing
evidence-kind-witness-photo = photograph of the witnessing
evidence-kind-live-session-recording = recording of a live session both ways
evidence-kind-one-way-recording = one-way recording
evidence-kind-liveness = liveness test
evidence-kind-carrier-query = telephone carrier's answer
evidence-kind-call-record = record of a call
evidence-kind-work-record = work record
evidence-kind-remittance-slip = remittance slip
evidence-kind-payment-receipt = payment receipt
evidence-kind-organisation-documents = organisation's documents
evidence-kind-official-order = court's or authority's order
evidence-kind-holder-statement = holder's statement
evidence-kind-delivery-receipt = delivery receipt
evidence-kind-read-back = what was read back from the token
evidence-kind-notice-receipt = proof of notice
evidence-kind-application-material = application material
evidence-kind-receipt-stamp = stamp of receipt
evidence-kind-assessment-report = assessment report
evidence-kind-decision-document = decision document
evidence-kind-reasons-document = written reasons
evidence-kind-filing-document = document of a filing
evidence-kind-power-of-attorney = power of attorney
evidence-kind-certificate-request = certificate request
evidence-kind-device-qualification = device's qualification certificate
evidence-kind-inspection-report = inspection report
evidence-kind-recognition-application = application for recognition
evidence-kind-practice-statement = statement of practice
evidence-kind-conformity-review = conformity review
evidence-kind-execution-review = execution review
evidence-kind-independence-declaration = declaration of independence
evidence-kind-service-licence = licence of the service
evidence-kind-key-origin = proof of where a key was made
evidence-kind-authority-opinion = opinion of an authority
evidence-kind-authority-decision = decision of an authority
evidence-kind-policy-assignment = assignment of a policy identifier
evidence-kind-signed-notice = signed notice
evidence-kind-signed-acknowledgement = signed acknowledgement
evidence-kind-legal-procedure = record of the legal procedure
evidence-kind-published-list = published list
evidence-kind-import-report = report of an import
evidence-kind-internal-audit-report = internal audit report
evidence-kind-correction-order = order to correct
evidence-kind-incident-report = incident report

## payment-route

payment-route-corporate-transfer = transfer from the corporate account
payment-route-wallet = Alipay or WeChat

## delivery-method

delivery-method-on-site = handed over on site
delivery-method-courier = courier or mail
delivery-method-download = download

## pin-channel

pin-channel-on-site = on site
pin-channel-short-message = short message
pin-channel-telephone = telephone
pin-channel-letter = letter
pin-channel-bank-remark = remark of a bank transfer

## employment

employment-contract = employee under contract
employment-marketing = sales staff
employment-dispatched = dispatched staff
employment-broker = broker without a labour contract
employment-subsidiary = employee of a wholly owned subsidiary

## identity-document

identity-document-resident-card = resident identity card
identity-document-taiwan-permit = Mainland travel permit for Taiwan residents
identity-document-hong-kong-macau-permit = Mainland travel permit for Hong Kong and Macao residents
identity-document-permanent-residence = foreigner's permanent residence card
identity-document-passport = passport

## identity-method

identity-method-card-reader = card reader
identity-method-police-query = police identity query
identity-method-inspection = inspection of the original
identity-method-liveness = photographs and liveness test
identity-method-named = another proper means

## file-format

file-format-jpeg = JPEG
file-format-bmp = BMP
file-format-gif = GIF
file-format-pdf = PDF

## phase

phase-draft = being filled in
phase-internal-review = with the organisation's agent
phase-submitted = submitted
phase-registering = with the registrar
phase-returned = sent back for correction
phase-handed-over = handed over to the approver
phase-approving = with the approver
phase-approved = approved
phase-issuing = being issued
phase-issued = issued
phase-personalised = packed
phase-dispatched = dispatched
phase-confirmed = confirmed by the holder
phase-objected = objected to
phase-awaiting-ratification = waiting for the second person
phase-executed = carried out
phase-refunding = being refunded
phase-closed = closed
phase-rejected = rejected
phase-withdrawn = withdrawn
phase-lapsed = lapsed
phase-refunded = refunded

## step

step-opened = opened
step-consent-given = consent given
step-consent-withdrawn = consent withdrawn
step-form-filled = form filled in
step-document-added = document added
step-check-recorded = check recorded
step-submitted-internally = submitted to the organisation's agent
step-internally-approved = approved by the organisation's agent
step-internally-returned = returned by the organisation's agent
step-submitted = submitted
step-registration-started = numbered and registration started
step-returned = returned for correction
step-resubmitted = resubmitted
step-registered = registered and handed over
step-review-taken = review taken
step-approved = approved
step-rejected = rejected
step-token-bound = token bound
step-key-proved = key proved
step-issuance-intended = signing decided
step-encryption-key-received = encryption key received
step-certificate-issued = certificate issued
step-issuance-abandoned = signing given up, serial number burnt
step-personalised = written and packed
step-dispatched = dispatched
step-published = published
step-pin-delivered = PIN told
step-receipt-confirmed = receipt confirmed
step-deemed-accepted = deemed accepted
step-objection-raised = objection raised
step-closed = closed
step-withdrawn = withdrawn
step-lapsed = lapsed
step-refund-requested = refund requested
step-refunded = refunded
step-executed-at-once = carried out at once
step-ratified = ratified
step-ratification-refused = ratification refused, undone
step-payment-reported = payment reported
step-funds-confirmed = funds confirmed
step-deposit-sent = deposit with code sent
step-deposit-settled = deposit arrived
step-deposit-failed = deposit came back
step-account-reentered = other account given
step-code-verified = code verified
step-code-wrong = code wrong
step-agency-changed = handed over to another
step-overdue-noted = overdue noted

## deadline-name

deadline-name-lapse = lapse
deadline-name-review = review
deadline-name-ratification = ratification
deadline-name-confirmation = question to the holder
deadline-name-deemed-acceptance = deemed acceptance

## party

party-holder = holder or organisation
party-operator = operator
party-official = court or authority

## certificate-status

certificate-status-reserved = number reserved
certificate-status-issued = issued
certificate-status-active = active
certificate-status-held = frozen
certificate-status-revoked = revoked
certificate-status-burnt = number burnt
certificate-status-superseded = superseded
certificate-status-expired = expired

## certificate-step

certificate-step-reserved = number reserved
certificate-step-issued = issued
certificate-step-activated = activated
certificate-step-burnt = number burnt
certificate-step-frozen = frozen
certificate-step-freeze-ratified = freeze ratified
certificate-step-freeze-undone = freeze undone
certificate-step-unfreeze-requested = unfreezing asked for
certificate-step-unfrozen = unfrozen
certificate-step-revocation-requested = revocation asked for
certificate-step-revoked = revoked
certificate-step-superseded = superseded
certificate-step-expired = expired
certificate-step-upgrade-requested = graver reason asked for
certificate-step-reason-upgraded = graver reason set

## authority-stage

authority-stage-proposed = proposed
authority-stage-issuing = being issued
authority-stage-active = active
authority-stage-retiring = retiring
authority-stage-retired = retired
authority-stage-compromised = compromised

## authority-step

authority-step-proposed = proposed
authority-step-key-made = key made
authority-step-approved = approved
authority-step-issuance-intended = signing decided
authority-step-issuance-abandoned = signing given up, serial number burnt
authority-step-established = certificate issued
authority-step-crl-intended = signing of a CRL decided
authority-step-crl-abandoned = CRL given up, number burnt
authority-step-crl-issued = CRL issued
authority-step-published = published
authority-step-retirement-requested = retirement requested
authority-step-link-requested = link certificate requested
authority-step-closing-requested = closing requested
authority-step-compromise-reported = compromise reported
authority-step-discarded = request dropped
authority-step-retirement-begun = retirement begun
authority-step-link-decided = link certificate decided
authority-step-linked = link certificate issued
authority-step-retired = retired
authority-step-compromised = declared compromised

## token-stage

token-stage-fresh = fresh
token-stage-bound = bound to a case
token-stage-written = written
token-stage-quarantined = put aside
token-stage-retired = retired

## token-step

token-step-received = received
token-step-bound = bound
token-step-released = released
token-step-written = written
token-step-quarantined = put aside
token-step-retired = retired
token-step-pin-changed = first PIN changed

## roster-stage

roster-stage-proposed = proposed
roster-stage-dropped = proposal dropped
roster-stage-entered = entered
roster-stage-sanctioned = under a sanction
roster-stage-removed = removed

## roster-step

roster-step-proposed = proposed
roster-step-confirmed = confirmed
roster-step-discarded = proposal dropped
roster-step-sanctioned = sanctioned
roster-step-removed = removed

## organisation-stage

organisation-stage-taken-on = taken on
organisation-stage-filing-waits = filing of modes waits for a second person

## organisation-step

organisation-step-onboarded = taken on
organisation-step-approver-named = approver named
organisation-step-approver-dismissed = approver dismissed
organisation-step-authorised = agent authorised
organisation-step-authority-revoked = authority taken back
organisation-step-listed = applicants listed
organisation-step-delisted = applicants taken off the list
organisation-step-modes-filed = modes filed
organisation-step-modes-confirmed = filing confirmed
organisation-step-modes-discarded = filing dropped
organisation-step-mode-suspended = mode suspended
organisation-step-mode-opened = mode opened
organisation-step-mode-closed = mode closed

## cessation-stage

cessation-stage-proposed = proposed
cessation-stage-decided = decided
cessation-stage-announced = parties told
cessation-stage-reported = authority told
cessation-stage-handed-over = business handed over
cessation-stage-ceased = ceased
cessation-stage-called-off = called off

## cessation-step

cessation-step-proposed = proposed
cessation-step-decided = decided
cessation-step-called-off = called off
cessation-step-discarded = proposal dropped
cessation-step-announced = parties told
cessation-step-reported = authority told
cessation-step-handed-over = business handed over
cessation-step-ceased = service ended
cessation-step-overdue-noted = deadline passed

## cessation-deadline

cessation-deadline-parties-told = parties told
cessation-deadline-authority-told = authority told
cessation-deadline-service-ended = service ended

## erasure-stage

erasure-stage-decided = decided
erasure-stage-erased = erased

## erasure-step

erasure-step-decided = erasure decided
erasure-step-destroyed = keys destroyed

## qualification-stage

qualification-stage-received = materials received
qualification-stage-correcting = being completed
qualification-stage-not-accepted = not taken on
qualification-stage-accepted = taken on
qualification-stage-assessing = being assessed
qualification-stage-granted = granted, to be handed over
qualification-stage-refused = refused, to be handed over
qualification-stage-qualified = qualified
qualification-stage-closed = closed
qualification-stage-renewing = another term asked for
qualification-stage-lapsed = term over
qualification-stage-withdrawn = withdrawn

## qualification-step

qualification-step-received = materials received
qualification-step-correction-requested = correction requested
qualification-step-materials-completed = materials completed
qualification-step-accepted = taken on
qualification-step-not-accepted = not taken on
qualification-step-forwarded = sent on
qualification-step-assessment-opened = assessors named
qualification-step-assessor-named = another assessor named
qualification-step-assessor-declared = assessor's declaration
qualification-step-recused = recused
qualification-step-reported = assessment reported
qualification-step-condition-checked = condition looked at
qualification-step-hearing-requested = hearing requested
qualification-step-hearing-closed = hearing closed
qualification-step-granted = granted
qualification-step-refused = refused
qualification-step-notified = applicant told
qualification-step-collected = document handed over
qualification-step-listed-in-directory = in the directory
qualification-step-name-change-filed = other name asked for
qualification-step-name-change-approved = other name approved
qualification-step-name-change-refused = other name refused
qualification-step-renovation-reported = renovation reported
qualification-step-renovation-approved = renovation approved
qualification-step-renovation-refused = renovation refused
qualification-step-renewal-filed = another term asked for
qualification-step-renewal-granted = another term granted
qualification-step-renewal-refused = another term refused
qualification-step-lapsed = term over
qualification-step-withdrawn = withdrawn
qualification-step-right-exercised = right exercised
qualification-step-right-answered = right answered
qualification-step-overdue-noted = noted as overdue

## qualification-authority

qualification-authority-provincial = the provincial or ministerial authority
qualification-authority-national = the national authority

## qualification-applicant

qualification-applicant-enterprise = licensed enterprise
qualification-applicant-public-institution = public institution

## qualification-channel

qualification-channel-window = window
qualification-channel-post = post

## qualification-assessment

qualification-assessment-on-site = on-site check
qualification-assessment-capability = assessment of capability
qualification-assessment-security-review = security review
qualification-assessment-interoperability = interoperability test

## qualification-condition

qualification-condition-legal-person = legal person
qualification-condition-system = certification system
qualification-condition-staff = staff
qualification-condition-operation = operation, support and security
qualification-condition-other = other conditions

## qualification-right

qualification-right-statement = statement
qualification-right-recusal = recusal
qualification-right-reconsideration = reconsideration
qualification-right-litigation = litigation
qualification-right-file-inspection = file inspection
qualification-right-report = report of a violation
qualification-right-compensation = compensation
qualification-right-suggestion = suggestion

## qualification-deadline

qualification-deadline-acceptance = decision on acceptance
qualification-deadline-forwarding = sending on
qualification-deadline-decision = decision
qualification-deadline-delivery = handing over
qualification-deadline-name-change = decision on the other name
qualification-deadline-renovation = decision on the renovation
qualification-deadline-renewal-filing = asking for another term
qualification-deadline-renewal-decision = decision on another term
qualification-deadline-expiry = end of the term
qualification-deadline-listing = what the directory says

## qualification-outcome

qualification-outcome-granted = granted
qualification-outcome-refused = refused

## material-fault

material-fault-not-original = the original is wanted
material-fault-copies = too few copies on paper
material-fault-unsealed = without the applicant's seal

## recognition-stage

recognition-stage-applied = applied for
recognition-stage-prelim-passed = preliminary review passed
recognition-stage-approved = approved
recognition-stage-notice-sent = other side told
recognition-stage-notified = other side knows
recognition-stage-ready-to-publish = ready to publish
recognition-stage-recognised = recognised
recognition-stage-suspending = suspension decided
recognition-stage-suspended = suspended
recognition-stage-reinstatement-applied = suspended, reinstatement applied for
recognition-stage-reinstatement-prelim-passed = suspended, preliminary review of the reinstatement passed
recognition-stage-reinstatement-approved = suspended, reinstatement approved
recognition-stage-reinstatement-notice-sent = suspended, other side told of the reinstatement
recognition-stage-reinstatement-notified = suspended, other side knows of the reinstatement
recognition-stage-reinstatement-ready = suspended, reinstatement ready to publish
recognition-stage-terminating = termination decided
recognition-stage-terminated = terminated
recognition-stage-refused = refused

## recognition-step

recognition-step-applied = applied for
recognition-step-prelim-passed = passed on
recognition-step-approved = approved
recognition-step-refused = refused
recognition-step-counterpart-notified = told to the other side
recognition-step-counterpart-acknowledged = acknowledged by the other side
recognition-step-legal-procedure-done = brought through the legal procedure
recognition-step-published = published
recognition-step-certificate-filed = given a certificate
recognition-step-certificate-recorded = given a certificate on record
recognition-step-certificate-refused = refused a certificate
recognition-step-certificate-published = published with a certificate
recognition-step-breach-opened = found in breach
recognition-step-correction-ordered = ordered to correct
recognition-step-correction-accepted = taken as corrected
recognition-step-agents-named = told who acts for the CA
recognition-step-measure-requested = asked to end
recognition-step-suspension-decided = decided to be suspended
recognition-step-reinstatement-applied = asked to be reinstated
recognition-step-termination-decided = decided to be terminated
recognition-step-notification-done = notified
recognition-step-duty-fulfilled = taken as fulfilling a duty
recognition-step-assessment-ordered = ordered to be assessed
recognition-step-mirror-imported = mirrored
recognition-step-overdue-noted = noted as overdue

## recognition-deadline

recognition-deadline-counterpart-alerted = other side alerted
recognition-deadline-counterpart-written = other side told in writing
recognition-deadline-result-written = result told to the other side
recognition-deadline-ca-informed = CA told the result
recognition-deadline-superior-informed = reported to the authority above
recognition-deadline-annual-inspection = annual inspection
recognition-deadline-special-assessment = special assessment
recognition-deadline-cps-conformity = conformity review of the statement of practice
recognition-deadline-third-party-audit = execution review by a third party
recognition-deadline-internal-audit = security management and internal audit
recognition-deadline-information-protection = protection of information
recognition-deadline-correction = correction as ordered

## recognition-cause

recognition-cause-request = request of the CA
recognition-cause-breach-uncorrected = breach that was not corrected
recognition-cause-mis-issuance = mis-issuance
recognition-cause-compromise = compromise of a key

## recognition-measure

recognition-measure-suspension = suspension
recognition-measure-termination = termination

## certificate-role

certificate-role-anchor = anchor
certificate-role-issuer = issuer
certificate-role-status = status

## revocation-reason

revocation-reason-unspecified = no reason given
revocation-reason-key-compromise = private key compromised
revocation-reason-ca-compromise = CA's key compromised
revocation-reason-affiliation-changed = name or data changed
revocation-reason-superseded = superseded
revocation-reason-cessation-of-operation = no longer needed
revocation-reason-privilege-withdrawn = privilege withdrawn

## outcome

outcome-pending = pending
outcome-passed = passed
outcome-failed = failed
outcome-waived = waived
outcome-expired = expired

## payment

payment-none = not paid
payment-slip-uploaded = slip uploaded
payment-funds-confirmed = funds confirmed
payment-paid = paid
payment-deposit-sent = deposit on its way
payment-deposit-settled = deposit arrived, code waited for
payment-deposit-failed = deposit came back
payment-account-reentered = other account given
payment-code-verified = code verified
payment-locked = locked after wrong codes

## verdict

verdict-documents = the documents are in order
verdict-identity = the persons are who they say
verdict-genuineness = the application is genuine

## internal-checklist

internal-checklist-eligible = the applicant meets the organisation's conditions
internal-checklist-form = the form is complete and right
internal-checklist-documents = the other documents are there

## not-qualified

not-qualified-not-on-roster = not on the roster
not-qualified-employment = barred as { $employment }
not-qualified-contract = no labour contract at this time
not-qualified-agency = not under contract with the agency
not-qualified-training = no training record that is passed and still good
not-qualified-licence = no licence at this time
not-qualified-declaration = no declaration about conflicts of interest
not-qualified-conflict = related to the customer by the person's own declaration
not-qualified-sanction = under a sanction

## field-fault

field-fault-empty = it must be filled in
field-fault-unknown = the form has no such field
field-fault-text = 1 to 256 characters, all of them seen
field-fault-format = it is not of its format
field-fault-check-character = its check character is wrong

## upload-fault

upload-fault-empty = it is empty
upload-fault-size = it has { $size } octets; { $limit } at most
upload-fault-unrecognised = its first octets are of no known format
upload-fault-extension = its extension is not that of its content
upload-fault-format = { $format } is not taken for it
upload-fault-unknown-extension = its extension is not taken
upload-fault-other = files of the format { $format } are not taken
upload-fault-file-name = its file's name: 1 to 255 characters, all of them seen, without slashes

## ground

ground-not-listed = { $step }: not possible while the case is { $phase }
ground-case-exists = a case of this name exists with other content; choose another name
ground-not-of-this-kind = { $step }: not a step of { $kind }
ground-not-offered = { $kind }, { $mode }: not offered; { $reason }
ground-mode-not-filed = the way of handling "{ $mode }" is not filed for the agency, or not in operation
ground-no-agency = no accredited agency is named
ground-not-in-force = the rules { $rules } are not in force
ground-unknown-name = the rules know no { $what } "{ $name }"
ground-model-not-offered = { $model } is not offered
ground-carrier = the carrier "{ $carrier }" is not allowed here
ground-subject = certificates for { $subject } are not offered in this way
ground-missing = { $what }: not given
ground-wrong-state = { $what } is { $state }: it can't be { $verb } now
ground-issuer-not-ready = authority { $id } has no certificate to issue with
ground-profile = the profile does not allow this certificate: { $why }
ground-seat = the seat "{ $seat }" can't do this
ground-same-person = { $person } acted as { $held } in this case and can't act as { $wanted } too
ground-not-qualified = { $person } is not qualified as { $seat }: { $why }
ground-not-authorised = { $agent } is not authorised by { $organisation }
ground-not-listed-applicant = { $person } is not on the list of { $organisation }
ground-not-a-party = { $person } is not a party to this case
ground-quota = { $certificate }: { $limit } at most, { $held } are there
ground-not-the-first = there is a certificate "{ $certificate }" already: renew it or have it reissued
ground-years = { $years } years can't be chosen
ground-field = field "{ $field }": { $why }
ground-upload = document "{ $document }": { $why }
ground-document-order = document "{ $document }" comes first
ground-document-missing = document "{ $document }" is missing
ground-stale = document "{ $document }" was made from version { $of } of the form; it is at { $now }
ground-not-flagged = "{ $subject }" is not to be corrected
ground-separate-consent = "{ $agreement }" is consented to in an act of its own
ground-check-open = the check "{ $check }" has not passed
ground-check-derived = the check "{ $check }" follows from the case and is not recorded
ground-evidence-missing = the check "{ $check }" needs one of: { $needed }
ground-evidence-kind = "{ $given }" is no "{ $wanted }"
ground-identity-method = { $method } does not check a { $document }
ground-seat-empty = no { $seat } took part
ground-verdict-no = "{ $point }" is not in order: send it back or reject it
ground-changed-since-registration = what was registered has changed since
ground-outside-window = renewals are taken from { $opens } to { $closes }
ground-target-status = the certificate is { $status }: { $kind } does not apply
ground-target-without = case { $case } has no certificates
ground-same-key = the key is the old one: make a new one
ground-key = the request's key can't be taken: { $why }
ground-token = token { $token } is { $status }
ground-read-back = what was read back is not the certificate
ground-delivery = "{ $method }" is not a way this is delivered
ground-pin = the PIN does not go by { $channel } to the { $recipient }
ground-pin-told = the PIN was told already
ground-payment-step = this step does not follow where the payment stands
ground-account-holder = the account is of "{ $holder }", not of the applicant
ground-cooling = another deposit can go out from { $from }
ground-code-expired = the code is no longer good
ground-nothing-paid = nothing was paid
ground-not-due = the deadline has not passed
ground-calendar = no notice covers the working days of { $year }
ground-person-number = the number of an identity document or a telephone names nobody in records: names stay in clear
ground-retained = what is recorded of { $person } is kept until { $until }
ground-not-ended = { $stream } has not ended
ground-nothing-sealed = nothing of { $person } is sealed under a key, or all of it is erased
ground-words = { $what } needs words: 1 to 1000 characters, none of them hidden
ground-account-number = the account is not the one on the form
ground-not-in-this-model = { $step }: not a step in { $model }
ground-not-correct = what is not right is objected to, not confirmed
ground-objection-open = what was objected to is not revoked: revoke it, or have it reissued
ground-interval = an interval ends before it begins
ground-late = { $what } was due by { $by }: put the end off
ground-other-party = frozen by the { $froze }: the { $asks } can't lift it
ground-proceeding-step = { $step }: not possible in the state: { $stage }
ground-authority = this belongs to another authority: { $wanted }
ground-material = material { $material }: { $why }
ground-report-missing = there is no report on the { $assessment }
ground-report-failed = the { $assessment } was not passed
ground-condition-open = the condition was not found to be met: { $condition }
ground-recused = { $person } takes no further part: recused, or bound to the applicant
ground-query-opens = how it stands can be asked after { $after }
ground-presided = { $person } presided over the hearing and does nothing else in this case
ground-decision-day = a decision of { $dated } can't be: its day is one from { $from } to { $to }
ground-receipt-late = a receipt of that time was to be recorded by { $by }
ground-term-opens = another term can be asked for from { $from } on
ground-flow-missing = the filing has no flow for "{ $kind }" in the way of handling "{ $mode }"
ground-provision-missing = the filing says nothing about "{ $provision }" in the way of handling "{ $mode }"
ground-go-live-open = before "{ $mode }" begins, "{ $go_live }" is to be seen
ground-other-authority = { $given } has no say here: { $wanted } does
ground-class-taken = recognition { $by } is about this class already
ground-not-independent = { $auditor } is not independent of { $ca }
ground-report-age = the report of { $made } does not count: it must be made after { $oldest }, and be made
ground-back-dated = a standing from { $from } on would be back-dated
ground-not-as-decided = the list does not say what was decided: { $what }

## refusal

refusal-authority-exists = authority { $id } exists already
refusal-unknown = { $stream } does not exist
refusal-no-such-profile = there is no profile "{ $name }"
refusal-ruled = { $ground } ({ $requirements })
refusal-no-intent = no open intent for serial { $serial }
refusal-time-runs-backwards = the clock stands before the last act; correct it first
refusal-key-used = the idempotency key { $key } was used for something else

## key-event

key-event-reported = reported as bad
key-event-cleared = found not to be bad
key-event-blocked = blocked
key-event-swept = certificates looked for again

## phrase: words that code uses in its own texts; their letters and digits name the message

phrase-a-proof-of-the-device-that-waits = a proof of the device that waits
phrase-a-receipt-alone = a receipt alone
phrase-a-signature-of-the-other-side = a signature of the other side
phrase-a-signed-notice = a signed notice
phrase-a-signer-of-the-authority = a signer of the authority
phrase-an-access-certificate-for-the-request-that-was-accepted-last = an access certificate for the request that was accepted last
phrase-an-access-certificate-that-is-to-be-revoked = an access certificate that is to be revoked
phrase-an-issuer-of-access-certificates-that-the-terms-name = an issuer of access certificates that the terms name
phrase-authority-for-devices = authority for devices
phrase-judged-in-a-device = judged in a device
phrase-rid-of-its-access-certificate = rid of its access certificate
phrase-staff-for-the-seats-of-the-mode-and-no-other = staff for the seats of the mode, and no other
phrase-the-agents-of-the-ca-each-once = the agents of the CA, each once
phrase-the-authority = the authority
phrase-the-certificate = the certificate
phrase-the-checks-of-the-mode-and-no-other = the checks of the mode, and no other
phrase-the-duty-that-is-overdue = the duty that is overdue
phrase-the-message-that-was-read = the message that was read
phrase-the-organisation = the organisation
phrase-the-token = the token
phrase-the-roster-s-entry = the roster's entry
phrase-the-old-certificate = the old certificate
phrase-attribute = attribute
phrase-cell = cell
phrase-certificate = certificate
phrase-an-agreement = an agreement
phrase-the-case-whose-certificates-it-is-about = the case whose certificates it is about
phrase-the-reason = the reason
phrase-not-there = not there
phrase-reserved = reserved
phrase-issued = issued
phrase-issued-and-not-handed-over = issued and not handed over
phrase-active = active
phrase-frozen = frozen
phrase-revoked = revoked
phrase-burnt = burnt
phrase-activated = activated
phrase-unfrozen = unfrozen
phrase-changed-nothing-waits-for-a-second-person = changed: nothing waits for a second person
phrase-proposed = proposed
phrase-being-issued = being issued
phrase-published = published
phrase-approved = approved
phrase-asked-for-a-crl = asked for a CRL
phrase-asked-for-a-delta-crl = asked for a delta CRL
phrase-it-is-known-to-be-bad = it is known to be bad
phrase-swept = swept
phrase-blocked = blocked
phrase-cleared = cleared
phrase-reported-as-bad = reported as bad
phrase-an-authority-s = an authority's
phrase-the-key = the key
phrase-given-a-key = given a key
phrase-given-a-certificate = given a certificate
phrase-issued-again = issued again
phrase-given-a-crl = given a CRL
phrase-asked-for-that-crl-again = asked for that CRL again
phrase-a-code-of-as-many-digits-as-were-sent = a code of as many digits as were sent
phrase-a-deficiency = a deficiency
phrase-a-kind = a kind
phrase-a-mode = a mode
phrase-account-order-or-practice-statement = account, order or practice statement
phrase-an-applicant = an applicant
phrase-an-approver-with-so-much-authority = an approver with so much authority
phrase-bound-to-a-case = bound to a case
phrase-bound-to-this-case = bound to this case
phrase-check-of-this-case = check of this case
phrase-confirmed = confirmed
phrase-confirmed-in-its-modes = confirmed in its modes
phrase-dropped = dropped
phrase-entered = entered
phrase-entered-with-a-change-proposed = entered, with a change proposed
phrase-field-or-document = field or document
phrase-freed-of-its-first-pin = freed of its first PIN
phrase-fresh = fresh
phrase-given-a-filing = given a filing
phrase-given-an-agent = given an agent
phrase-given-an-approver = given an approver
phrase-given-applicants = given applicants
phrase-holder-bank-or-number-of-the-account = holder, bank or number of the account
phrase-it-can-t-be-read = it can't be read
phrase-put-aside = put aside
phrase-received = received
phrase-released-from-this-case = released from this case
phrase-removed = removed
phrase-removed-with-a-return-proposed = removed, with a return proposed
phrase-retired = retired
phrase-rid-of-a-filing = rid of a filing
phrase-rid-of-an-agent = rid of an agent
phrase-rid-of-an-approver = rid of an approver
phrase-rid-of-applicants = rid of applicants
phrase-sanctioned = sanctioned
phrase-sanctioned-with-a-return-proposed = sanctioned, with a return proposed
phrase-suspended-in-a-mode = suspended in a mode
phrase-taken-on = taken on
phrase-the-account-that-paid = the account that paid
phrase-the-amount = the amount
phrase-the-code-s-salt-or-its-digest = the code's salt, or its digest,
phrase-the-digest-of-the-agreement-s-text = the digest of the agreement's text
phrase-the-document-or-how-it-was-checked = the document, or how it was checked,
phrase-the-file-s-name-or-its-digest = the file's name, or its digest,
phrase-the-number-of-a-paper-1-to-256-characters = the number of a paper, 1 to 256 characters,
phrase-the-organisation-s-name = the organisation's name
phrase-the-sealed-packet-s-number = the sealed packet's number
phrase-what-else-was-agreed = what else was agreed
phrase-what-is-wrong = what is wrong
phrase-where-the-evidence-lies-or-its-digest = where the evidence lies, or its digest,
phrase-why-a-proof-is-not-taken = why a proof is not taken
phrase-without-a-key = without a key
phrase-written = written
phrase-written-for-this-case = written for this case
phrase-a-check-that-failed = a check that failed
phrase-a-refusal = a refusal
phrase-a-deposit-that-failed = a deposit that failed
phrase-an-objection = an objection
phrase-a-rejection = a rejection
phrase-the-applicant-s-eligibility = the applicant's eligibility
phrase-the-form = the form
phrase-the-documents = the documents
phrase-documents = documents
phrase-identity = identity
phrase-genuineness = genuineness
phrase-second-to-another = second to another
phrase-not-in-the-inventory = not in the inventory
phrase-an-approver-with-his-authority = an approver with his authority
phrase-an-agent = an agent
phrase-the-list-of-applicants = the list of applicants
phrase-the-conditions-for-applying = the conditions for applying
phrase-dismissing-an-approver = dismissing an approver
phrase-taking-an-authority-back = taking an authority back
phrase-suspending-a-mode = suspending a mode
phrase-unknown = unknown
phrase-taken-on-with-a-filing-that-waits = taken on, with a filing that waits
phrase-a-sanction = a sanction
phrase-a-removal = a removal
phrase-the-token-s-batch-1-to-64-characters = the token's batch, 1 to 64 characters,
phrase-the-token-s-model-1-to-64-characters = the token's model, 1 to 64 characters,
phrase-the-token-s-label-1-to-64-characters = the token's label, 1 to 64 characters,
phrase-putting-a-token-aside = putting a token aside
phrase-retiring-a-token = retiring a token
phrase-consent = consent
phrase-agreement = agreement
phrase-document = document
phrase-a-date-of-compromise-that-is-not-after-the-revocation = a date of compromise that is not after the revocation
phrase-a-complete-list-with-certificates-that-say-where-its-delta-lies = a complete list with certificates that say where its delta lies
phrase-a-reason-that-fits-where-it-was-decided = a reason that fits where it was decided
phrase-a-receipt-of-a-notice = a receipt of a notice
phrase-an-end-after-the-one-that-is-decided = an end after the one that is decided
phrase-an-end-that-is-decided = an end that is decided
phrase-announced = announced
phrase-carried-out = carried out
phrase-ended = ended
phrase-freed-of-its-freeze = freed of its freeze
phrase-given-a-worse-reason = given a worse reason
phrase-handed-over = handed over
phrase-not-decided = not decided
phrase-not-frozen-at-once-by-this-case = not frozen at once by this case
phrase-ratified-as-frozen = ratified as frozen
phrase-reported = reported
phrase-superseded = superseded
phrase-the-cessation = the cessation
phrase-the-erasure = the erasure
phrase-an-erasure = an erasure
phrase-erased = erased
phrase-decided-and-its-keys-are-being-destroyed = decided, and its keys are being destroyed
phrase-under-way-with-a-change-proposed = under way, with a change proposed
phrase-the-notice-to-the-parties = the notice to the parties
phrase-the-report-to-the-authority = the report to the authority
phrase-the-name-of-the-ca-that-takes-over = the name of the CA that takes over
phrase-the-end-of-a-service = the end of a service
phrase-rule-set = rule set
phrase-linked = linked
phrase-changed-nothing-waits-for-a-second-officer = changed: nothing waits for a second officer
phrase-declared-compromised = declared compromised
phrase-freed-of-what-was-asked-for-nothing-was = freed of what was asked for: nothing was
phrase-retiring = retiring
phrase-compromised = compromised
phrase-closed = closed
phrase-noted-as-overdue = noted as overdue
phrase-a-time-of-receipt-that-has-come = a time of receipt that has come
phrase-the-enterprise-s-licence-for-certification-services = the enterprise's licence for certification services
phrase-an-applicant-that-is-either-licensed-or-a-public-institution = an applicant that is either licensed or a public institution
phrase-material = material
phrase-a-list-of-1-to-100 = a list of 1 to 100
phrase-an-assessment-that-is-made-of-such-applicants = an assessment that is made of such applicants
phrase-the-notice-to-the-applicant = the notice to the applicant
phrase-the-decision-on-the-other-name = the decision on the other name
phrase-another-name = another name
phrase-a-person-who-acts-for-an-authority = a person who acts for an authority
phrase-the-decision-on-the-renovation = the decision on the renovation
phrase-a-right-of-this-number-that-waits-for-an-answer = a right of this number that waits for an answer
phrase-the-forwarding-of-the-materials = the forwarding of the materials
phrase-an-application-that-nobody-assesses = an application that nobody assesses
phrase-the-assessor-s-declaration-about-conflicts-of-interest = the assessor's declaration about conflicts of interest
phrase-the-close-of-the-hearing = the close of the hearing
phrase-the-request-of-a-hearing = the request of a hearing
phrase-the-answer-to-a-statement-or-a-request-for-recusal = the answer to a statement or a request for recusal
phrase-an-sm3-digest-of-32-octets = an SM3 digest of 32 octets
phrase-a-list-that-says-how-the-qualification-stands = a list that says how the qualification stands
phrase-a-list-with-a-greater-sequence-number = a list with a greater sequence number
phrase-an-application-for-another-name = an application for another name
phrase-a-report-of-a-renovation = a report of a renovation
phrase-a-term-that-ends = a term that ends
phrase-a-decision = a decision
phrase-an-application-that-is-not-decided-on = an application that is not decided on
phrase-the-acceptance-of-the-application = the acceptance of the application
phrase-the-name-of-an-office = the name of an office
phrase-an-applicant-s-name = an applicant's name
phrase-the-number-of-a-licence = the number of a licence
phrase-a-point-to-be-put-right = a point to be put right
phrase-the-name-of-a-professional-body = the name of a professional body
phrase-a-recusal = a recusal
phrase-the-number-of-a-decision = the number of a decision
phrase-the-signature-of-a-decision = the signature of a decision
phrase-the-name-of-a-list = the name of a list
phrase-an-answer = an answer
phrase-1-to-100-deficiencies = 1 to 100 deficiencies
phrase-a-certificate-as-the-profile-gives-it-to-the-filed-request = a certificate as the profile gives it to the filed request
phrase-a-certificate-and-that-of-its-issuer = a certificate, and that of its issuer
phrase-a-changed-filing = a changed filing
phrase-a-device-s-certificate-that-is-good-now-and-has-an-end = a device's certificate that is good now, and has an end
phrase-a-filing-that-is-with-the-ca = a filing that is with the CA
phrase-a-filing-that-waits-for-its-paper = a filing that waits for its paper
phrase-a-filing-that-went-back = a filing that went back
phrase-a-hand-over-list-with-each-open-case-and-no-other = a hand-over list with each open case, and no other
phrase-a-handler-and-a-checker-who-are-two = a handler and a checker who are two
phrase-a-mode-that-has-not-begun = a mode that has not begun
phrase-a-mode-that-rests = a mode that rests
phrase-a-proposal = a proposal
phrase-a-receipt-of-its-own = a receipt of its own
phrase-accepted = accepted
phrase-an-accepted-filing-with-this-receipt-and-mode = an accepted filing with this receipt and mode
phrase-an-access-certificate-that-is-good-now = an access certificate that is good now
phrase-an-answer-to-each-deficiency-by-its-number = an answer to each deficiency by its number
phrase-an-end-of-the-filing-before = an end of the filing before
phrase-an-end-of-the-inspection-before = an end of the inspection before
phrase-an-inspection-that-runs = an inspection that runs
phrase-closed-as-inspected = closed as inspected
phrase-consulted-about = consulted about
phrase-consulting = consulting
phrase-filed = filed
phrase-filed-again = filed again
phrase-filed-with-an-acceptance-proposed = filed, with an acceptance proposed
phrase-given-a-proof-of-a-device = given a proof of a device
phrase-given-an-access-certificate = given an access certificate
phrase-given-evidence = given evidence
phrase-given-its-paper = given its paper
phrase-in-force-with-a-proposal-that-waits = in force, with a proposal that waits
phrase-inspected = inspected
phrase-modes-that-were-not-accepted-before = modes that were not accepted before
phrase-operating = operating
phrase-profile = profile
phrase-proposed-for-acceptance = proposed for acceptance
phrase-proposed-for-restoration = proposed for restoration
phrase-put-into-operation = put into operation
phrase-returned = returned
phrase-suspended = suspended
phrase-terminated = terminated
phrase-the-access-certificate = the access certificate
phrase-the-accreditation = the accreditation
phrase-the-accreditation-s-own-step-it-opens-and-closes-the-agency-s-modes = the accreditation's own step: it opens and closes the agency's modes
phrase-the-agency-in-the-register-of-organisations = the agency in the register of organisations
phrase-the-agreement = the agreement
phrase-the-digest-of-a-document = the digest of a document
phrase-the-electronic-form-that-the-receipt-names = the electronic form that the receipt names
phrase-the-filing-on-paper = the filing on paper
phrase-the-issuer-s-signature-on-the-certificate = the issuer's signature on the certificate
phrase-the-marks-on-the-agreement-that-was-filed = the marks on the agreement that was filed
phrase-the-provision-in-the-earlier-filing = the provision in the earlier filing
phrase-the-provision-in-the-filing-itself = the provision in the filing itself
phrase-the-request-for-the-access-certificate = the request for the access certificate
phrase-two-sealed-copies-on-paper = two sealed copies on paper
phrase-version-of-the-agreement = version of the agreement
phrase-what-is-taken-over-from-an-earlier-filing = what is taken over from an earlier filing
phrase-what-the-inspection-asks-for = what the inspection asks for
phrase-a-device-s-model-serial-number-certificate-or-authority = a device's model, serial number, certificate or authority
phrase-the-name-of-whoever-signed-the-agreement = the name of whoever signed the agreement
phrase-the-number-of-the-earlier-filing = the number of the earlier filing
phrase-the-number-on-the-receipt = the number on the receipt
phrase-where-a-document-lies = where a document lies
phrase-it-names-another-organisation-than-the-agency = it names another organisation than the agency
phrase-it-does-not-say-where-the-key-was-made = it does not say where the key was made
phrase-it-was-made-in-a-test-environment = it was made in a test environment
phrase-it-was-made-in-software = it was made in software
phrase-no-proof-of-its-device-s-qualification-is-filed = no proof of its device's qualification is filed
phrase-the-signature-on-the-agreement = the signature on the agreement
phrase-the-seal-on-the-agreement = the seal on the agreement
phrase-the-seal-across-the-agreement-s-pages = the seal across the agreement's pages
phrase-a-question-or-an-answer = a question or an answer
phrase-the-answer-to-a-deficiency = the answer to a deficiency
phrase-an-inspection = an inspection
phrase-an-end-of-the-proposal-before = an end of the proposal before
phrase-the-day-on-which-the-mode-may-begin = the day on which the mode may begin
phrase-32-certificates-at-most = 32 certificates at most
phrase-a-breach-for-this-cause-and-no-other = a breach for this cause and no other
phrase-a-breach-of-this-number = a breach of this number
phrase-a-breach = a breach
phrase-a-certificate-that-is-new = a certificate that is new
phrase-a-certificate-that-is-on-record = a certificate that is on record
phrase-a-certificate-that-was-filed = a certificate that was filed
phrase-a-certificate-that-is-an-anchor = a certificate that is an anchor
phrase-a-certificate-that-issues = a certificate that issues
phrase-a-certificate-that-signs-status = a certificate that signs status
phrase-a-conformity-review-of-the-new-statement-of-practice = a conformity review of the new statement of practice
phrase-a-correction-of-each-breach = a correction of each breach
phrase-a-duty-that-is-owed = a duty that is owed
phrase-a-licence-that-holds-now = a licence that holds now
phrase-a-list-after-the-last-one = a list after the last one
phrase-a-new-application = a new application
phrase-a-notice-that-is-owed = a notice that is owed
phrase-a-notice-that-is-still-owed = a notice that is still owed
phrase-a-number-of-days-from-1-to-3650 = a number of days from 1 to 3650
phrase-a-report-of-what-happened-for-this-cause = a report of what happened for this cause
phrase-a-request-of-the-ca = a request of the CA
phrase-a-side-with-two-approvals = a side with two approvals
phrase-an-application = an application
phrase-an-auditor-of-the-roster = an auditor of the roster
phrase-an-event-that-has-happened = an event that has happened
phrase-an-order-to-correct-the-breach-whose-time-has-passed = an order to correct the breach whose time has passed
phrase-auditor = auditor
phrase-authority = authority
phrase-each-certificate-once = each certificate once
phrase-jurisdiction = jurisdiction
phrase-policy = policy
phrase-the-approval-of-a-key-s-hardware = the approval of a key's hardware
phrase-the-ca-s-certificates = the CA's certificates
phrase-the-ca-s-name = the CA's name
phrase-the-cause = the cause
phrase-the-class = the class
phrase-the-decision-s-number = the decision's number
phrase-the-entry = the entry
phrase-the-hardware-of-a-key = the hardware of a key
phrase-the-identifier-of-the-policy = the identifier of the policy
phrase-the-identifier-that-the-entry-has = the identifier that the entry has
phrase-the-list-that-was-published-last = the list that was published last
phrase-the-notice-that-was-sent = the notice that was sent
phrase-the-number-of-the-decision = the number of the decision
phrase-the-number-of-the-licence = the number of the licence
phrase-the-opinion-of-the-preliminary-review = the opinion of the preliminary review
phrase-the-sm3-of-a-certificate = the SM3 of a certificate
phrase-the-standing = the standing
phrase-the-time-from-which-it-holds = the time from which it holds
phrase-the-time-of-the-event = the time of the event

## package: the timeline for an inspector

package-title = What happened in { $history } and what belongs to it, in Beijing time
package-actor = { $person } ({ $seat })
package-enclosed = { $kind }: { $reference }, enclosed as evidence/{ $digest }
package-elsewhere = { $kind }: { $reference }, not enclosed, SM3 { $digest }

## What stands between several

list-separator = {", "}

## accreditation-stage

accreditation-stage-consulting = consulting
accreditation-stage-filed = filed
accreditation-stage-returned = returned
accreditation-stage-accepted = accepted
accreditation-stage-operating = operating
accreditation-stage-suspended = suspended
accreditation-stage-terminated = terminated

## accreditation-step

accreditation-step-consultation-opened = consultation opened
accreditation-step-consultation-noted = consultation noted
accreditation-step-package-filed = package filed
accreditation-step-paper-registered = paper registered
accreditation-step-deficiency-returned = returned with deficiencies
accreditation-step-refiled = filed again
accreditation-step-acceptance-proposed = acceptance proposed
accreditation-step-filing-accepted = filing accepted
accreditation-step-proposal-discarded = proposal dropped
accreditation-step-access-cert-issued = access certificate issued
accreditation-step-device-proof-filed = proof of a device filed
accreditation-step-device-proof-judged = proof of a device judged
accreditation-step-operation-started = operation started
accreditation-step-inspection-opened = inspection opened
accreditation-step-evidence-produced = evidence produced
accreditation-step-inspection-closed = inspection closed
accreditation-step-modes-suspended = modes suspended
accreditation-step-suspended = suspended
accreditation-step-restoration-proposed = restoration proposed
accreditation-step-restored = restored
accreditation-step-terminated = terminated
accreditation-step-access-cert-revoked = access certificate revoked
accreditation-step-overdue-noted = deadline passed

## accreditation-deadline

accreditation-deadline-consultation-answered = question answered
accreditation-deadline-filing-examined = filing examined
accreditation-deadline-filing-corrected = filing corrected
accreditation-deadline-evidence-produced = evidence produced
accreditation-deadline-device-renewed = device's certificate renewed
accreditation-deadline-device-qualified = device's certificate at its end
accreditation-deadline-access-renewed = access certificate renewed
accreditation-deadline-access-ended = access certificate at its end
accreditation-deadline-access-revoked = access certificate revoked

## accreditation-mode

accreditation-mode-accepted = accepted, not begun
accreditation-mode-operating = operating
accreditation-mode-suspended = suspended
accreditation-mode-ended = ended

## accreditation-cause

accreditation-cause-request = by request
accreditation-cause-breach = for a breach

## provision

provision-licence = licence to practise
provision-duties = duties
provision-conduct = conduct
provision-training = training and examination
provision-conflicts = conflicts of interest
provision-sanctions = sanctions
provision-employment = labour contracts
provision-public-check = public check of witnesses
provision-recording = recording
provision-paper-form = paper form signed in presence
provision-natural-persons = soft certificates of natural persons alone
provision-identity = checks of identity
provision-traces = traces of key steps
provision-live-session = live sessions
provision-archive = electronic vouchers

## go-live

go-live-system-connected = system connected
go-live-staff-trained = staff trained
go-live-roster-published = roster published
go-live-recording-ready = recording ready
go-live-session-ready = session ready
go-live-archive-ready = archive ready
