Story: 双向实时音视频: a clip that the customer sends is no session.
Rules: chinaclear-agency
Proves: S0-27 S0-28

Given the agency huatai for counter, witness and other
Given the roster with tan.bo, contract
sun.yue, applicant, opens case a-1 to apply in other mode: certificate personal-soft, soft, through huatai
tan.bo, handler, tries to check live-session, leaving one-way-recording clip 1
  refused under S0-27 S0-28 as evidence-missing: "the check live-session needs one of: live-session-recording"
tan.bo, handler, tries to check live-session
  refused under S0-28 as evidence-missing: "live-session-recording"
tan.bo, handler, checks live-session, leaving live-session-recording session 1
  check live-session: passed
