//! Rules of what is announced. The first whose conditions all hold decides; where none does, an alert's severity does.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::HIGH_VALUE_LIMIT;
use crate::model::{Kind, Severity, Traits};

/// The most rules: each is asked of each alert.
pub(super) const RULES_LIMIT: usize = 50;
/// The longest text in a rule, in characters.
const TEXT_LIMIT: usize = 200;

/// A rule. What it does not say does not matter to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// What the analyst calls it; notifications of what is no alert say it.
    pub name: String,
    /// What it does.
    pub then: Then,
    /// Only what comes from this source, by the name that it has here.
    pub source: Option<String>,
    /// Only these kinds; empty: alerts.
    pub kinds: Vec<Kind>,
    /// Only what is so bad, or worse: alerts have a severity.
    pub severity: Option<Severity>,
    /// Only more than this, in whatever currency.
    pub more_than: Option<f64>,
    /// Only this scenario: its code.
    pub scenario: Option<String>,
    /// Only where this stands in the title, in a name, an identifier or a place, in capitals or not.
    pub text: Option<String>,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It is announced.
    #[default]
    Announce,
    /// It is not announced, unless it is critical.
    Silent,
}

impl Rule {
    /// Whether it is about this kind.
    pub fn is_about(&self, kind: Kind) -> bool {
        if self.kinds.is_empty() { kind == Kind::Alert } else { self.kinds.contains(&kind) }
    }

    /// Whether all of its conditions hold.
    pub fn holds(&self, traits: &Traits) -> bool {
        self.is_about(traits.kind)
            && self.source.as_ref().is_none_or(|source| *source == traits.source)
            && self.severity.is_none_or(|least| traits.severity.is_some_and(|severity| severity >= least))
            && self.more_than.is_none_or(|least| traits.amount.is_some_and(|amount| amount > least))
            && self.scenario.as_ref().is_none_or(|scenario| {
                traits.scenario.as_ref().is_some_and(|code| code.eq_ignore_ascii_case(scenario))
            })
            && self.text.as_ref().is_none_or(|text| traits.words.contains(&text.to_lowercase()))
    }

    /// What is wrong with it; `None` if nothing is.
    pub(super) fn wrong(&self) -> Option<String> {
        if self.name.trim().is_empty() {
            return Some("give each rule a name".to_owned());
        }
        let texts = [Some(&self.name), self.source.as_ref(), self.scenario.as_ref(), self.text.as_ref()];
        if texts.into_iter().flatten().any(|text| text.chars().count() > TEXT_LIMIT) {
            return Some(format!("`{}`: no text is longer than {TEXT_LIMIT} characters", self.name));
        }
        if self.then == Then::Silent
            && *self == (Self { name: self.name.clone(), then: self.then, ..Self::default() })
        {
            return Some(format!("`{}`: what keeps quiet needs a condition", self.name));
        }
        let is_amount = |amount: f64| (0.0..=HIGH_VALUE_LIMIT).contains(&amount);
        (!self.more_than.is_none_or(is_amount)).then(|| format!("`{}`: more_than is an amount", self.name))
    }
}

/// What the first rule that holds says; `None`: no rule does.
pub fn decided(rules: &[Rule], traits: &Traits) -> Option<Then> {
    rules.iter().find(|rule| rule.holds(traits)).map(|rule| rule.then)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert() -> Traits {
        Traits {
            kind: Kind::Alert,
            source: "Retail".into(),
            severity: Some(Severity::High),
            amount: Some(1_200.0),
            scenario: Some("card_testing".into()),
            words: "14 small payments\nélodie durand\nc-17\nlyon".into(),
        }
    }

    fn holds(rule: Rule) -> bool {
        rule.holds(&alert())
    }

    #[test]
    fn a_rule_holds_where_each_of_its_conditions_does() {
        let some = |text: &str| Some(text.to_owned());
        assert!(holds(Rule::default()));
        for (rule, expected) in [
            (Rule { source: some("Retail"), ..Rule::default() }, true),
            (Rule { source: some("Other"), ..Rule::default() }, false),
            (Rule { severity: Some(Severity::High), ..Rule::default() }, true),
            (Rule { severity: Some(Severity::Critical), ..Rule::default() }, false),
            (Rule { more_than: Some(1_199.99), ..Rule::default() }, true),
            (Rule { more_than: Some(1_200.0), ..Rule::default() }, false),
            (Rule { scenario: some("Card_Testing"), ..Rule::default() }, true),
            (Rule { scenario: some("card"), ..Rule::default() }, false),
            (Rule { text: some("ÉLODIE"), ..Rule::default() }, true),
            (Rule { text: some("paris"), ..Rule::default() }, false),
            (Rule { kinds: vec![Kind::Transaction], ..Rule::default() }, false),
            (Rule { kinds: vec![Kind::Transaction, Kind::Alert], ..Rule::default() }, true),
            (Rule { text: some("lyon"), source: some("Other"), ..Rule::default() }, false),
        ] {
            assert_eq!(holds(rule.clone()), expected, "{rule:?}");
        }
    }

    #[test]
    fn what_is_not_known_fulfils_no_condition() {
        let unknown = Traits { severity: None, amount: None, scenario: None, ..alert() };
        for rule in [
            Rule { severity: Some(Severity::Low), ..Rule::default() },
            Rule { more_than: Some(0.0), ..Rule::default() },
            Rule { scenario: Some("card_testing".into()), ..Rule::default() },
        ] {
            assert!(!rule.holds(&unknown), "{rule:?}");
        }
    }

    #[test]
    fn the_first_rule_that_holds_decides() {
        let silent = Rule { then: Then::Silent, text: Some("lyon".into()), ..Rule::default() };
        let rules = [Rule { source: Some("Other".into()), ..Rule::default() }, silent, Rule::default()];
        assert_eq!(decided(&rules, &alert()), Some(Then::Silent));
        assert_eq!(decided(&rules[2..], &alert()), Some(Then::Announce));
        assert_eq!(decided(&rules[..1], &alert()), None);
    }
}
