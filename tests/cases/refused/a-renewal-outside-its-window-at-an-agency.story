Story: A renewal one second too early, on both edges of the window, and one second too late: a month.
Rules: chinaclear-agency
Proves: S2-31 X-12

After the story chinaclear-agency/counter-apply
  end of a-1: 2025-03-04 09:00:00

On 2025-02-03 23:59:59
qian.yu, applicant, tries to open case a-2 to renew in counter mode: certificate personal-hard, hard, about a-1, through huatai
  refused under S2-31 X-12 as outside-window: "renewals are taken from"
On 2025-02-04 00:00:00
qian.yu, applicant, opens case a-2 to renew in counter mode: certificate personal-hard, hard, about a-1, through huatai
qian.yu, applicant, withdraws the case
On 2025-03-04 09:00:00
qian.yu, applicant, opens case a-3 to renew in counter mode: certificate personal-hard, hard, about a-1, through huatai
qian.yu, applicant, withdraws the case
1 second later
qian.yu, applicant, tries to open case a-4 to renew in counter mode: certificate personal-hard, hard, about a-1, through huatai
  refused under S2-31 X-12 as outside-window: "to"
