//! What is paid, and how an organisation shows that an account is its own.

use super::OnCase;
use crate::args::{Proof, desk::term};
use clap::Args as Group;
use lifecycle::terms::PaymentRoute;
use std::path::PathBuf;

/// An account of an organisation.
#[derive(Clone, Debug, Group)]
pub(crate) struct AccountOptions {
    /// Whose account it is
    #[arg(long, value_name = "NAME")]
    pub(crate) account_holder: String,
    /// The bank and its branch
    #[arg(long, value_name = "BANK")]
    pub(crate) bank: String,
    /// The account's number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) account_number: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki case pay qy-1 --actor zhou.qi:agent --route wallet \\\n      \
    --evidence payment-receipt=alipay.txt\n  \
    gmpki case pay qy-1 --actor zhou.qi:agent --route corporate-transfer \\\n      \
    --account-holder 示例科技有限公司 --bank 工商银行福田支行 --account-number 4000021009200012345 \\\n      \
    --evidence remittance-slip=slip.jpg"
)]
pub(crate) struct Pay {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// How
    #[arg(long, value_name = "ROUTE",
        value_parser = term(PaymentRoute::ALL, PaymentRoute::as_str))]
    pub(crate) route: PaymentRoute,
    /// Whose account paid, for a transfer
    #[arg(long, value_name = "NAME", requires = "bank")]
    pub(crate) account_holder: Option<String>,
    /// The bank and its branch
    #[arg(long, value_name = "BANK", requires = "account_number")]
    pub(crate) bank: Option<String>,
    /// The account's number
    #[arg(long, value_name = "NUMBER", requires = "account_holder")]
    pub(crate) account_number: Option<String>,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

impl Pay {
    /// The account that paid, where it is named.
    pub(crate) fn account(&self) -> Option<AccountOptions> {
        Some(AccountOptions {
            account_holder: self.account_holder.clone()?,
            bank: self.bank.clone()?,
            account_number: self.account_number.clone()?,
        })
    }
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case confirm-funds qy-1 --actor sun.liu:cashier \\\n      \
    --evidence payment-receipt=statement.txt"
)]
pub(crate) struct ConfirmFunds {
    #[command(flatten)]
    pub(crate) on: OnCase,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The code is written into a file for whoever makes the transfer; the desk keeps its digest \
    alone.\n\n\
    Example:\n  gmpki case send-deposit qy-1 --actor sun.liu:cashier \\\n      \
    --account-holder 示例科技有限公司 --bank 工商银行福田支行 --account-number 4000021009200012345 \\\n      \
    --code-out remark.txt"
)]
pub(crate) struct SendDeposit {
    #[command(flatten)]
    pub(crate) on: OnCase,
    #[command(flatten)]
    pub(crate) account: AccountOptions,
    /// Where to write the code, which goes into the remark of the transfer
    #[arg(long, value_name = "FILE")]
    pub(crate) code_out: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case fail-deposit qy-1 --actor sun.liu:cashier \\\n      \
    --reason 'no such account'"
)]
pub(crate) struct FailDeposit {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// What the bank says
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case reenter-account qy-1 --actor zhou.qi:agent \\\n      \
    --account-holder 示例科技有限公司 --bank 工商银行福田支行 --account-number 4000021009200012345"
)]
pub(crate) struct AccountGiven {
    #[command(flatten)]
    pub(crate) on: OnCase,
    #[command(flatten)]
    pub(crate) account: AccountOptions,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki case enter-code qy-1 056869 --actor zhou.qi:agent")]
pub(crate) struct EnterCode {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// The code in the remark of the transfer
    pub(crate) code: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case record-refund qy-1 --actor sun.liu:cashier --fen 104800 \\\n      \
    --evidence payment-receipt=refund.txt"
)]
pub(crate) struct RecordRefund {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// How much, in fen
    #[arg(long, value_name = "FEN")]
    pub(crate) fen: u64,
    #[command(flatten)]
    pub(crate) proof: Proof,
}
