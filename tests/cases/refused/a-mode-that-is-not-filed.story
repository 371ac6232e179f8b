Story: An agency does business in the modes that it has filed, and through an agency it must come.
Rules: chinaclear-agency
Proves: S0-01 S0-11

Given the agency huatai for counter
qian.yu, applicant, tries to open case a-1 to apply in witness mode: certificate personal-hard, hard, through huatai
  refused under S0-11 as mode-not-filed: "the mode witness is not filed for the agency"
qian.yu, applicant, tries to open case a-1 to apply in counter mode: certificate personal-hard, hard
  refused under S0-01 as no-agency: "no accredited agency is named"
qian.yu, applicant, tries to open case a-1 to apply in counter mode: certificate personal-hard, hard, through guotai
  refused under S0-01 as no-agency: "no accredited agency"
qian.yu, applicant, opens case a-1 to apply in counter mode: certificate personal-hard, hard, through huatai
  now: draft

# A mode that is suspended is one that is not filed.
zhou.ke, approver, suspends the mode counter of huatai: no cameras at the counters
qian.yu, applicant, tries to open case a-2 to apply in counter mode: certificate personal-hard, hard, through huatai
  refused under S0-11 as mode-not-filed: "the mode counter"
