//! Which right each root field needs. The same table is asked at run time and written out as a
//! snapshot, so a field that is not in it can neither be called nor be forgotten.

use trunkline_domain::identity::Permission::{self, *};

/// What the caller of a root field must bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it is how one signs in.
    Nobody,
    /// A token or key, whatever its rights.
    Caller,
    /// This permission, somewhere; the field itself then asks where.
    Permission(Permission),
}

use Needs::{Caller, Nobody};

const fn needs(permission: Permission) -> Needs {
    Needs::Permission(permission)
}

/// All root fields of query, mutation and subscription.
pub const ROOTS: &[(&str, Needs)] = &[
    // Identity
    ("viewer", Caller),
    ("node", Caller),
    ("nodes", Caller),
    ("rateLimit", Caller),
    ("sessionCreate", Nobody),
    ("sessionRefresh", Nobody),
    ("sessionRevoke", Caller),
    ("sessionRevokeAll", Caller),
    ("sessions", Caller),
    ("passwordChange", Caller),
    ("passwordResetRequest", Nobody),
    ("passwordReset", Nobody),
    ("invitationAccept", Nobody),
    ("secondFactorEnrol", Caller),
    ("secondFactorConfirm", Caller),
    ("secondFactorDisable", Caller),
    ("userInvite", needs(UserWrite)),
    ("invitationResend", needs(UserWrite)),
    ("userSecondFactorReset", needs(UserWrite)),
    ("identityProvider", needs(IdentityProviderWrite)),
    ("identityProviderSet", needs(IdentityProviderWrite)),
    ("identityProviderRemove", needs(IdentityProviderWrite)),
    ("userIdentityLink", needs(IdentityProviderWrite)),
    ("userIdentityUnlink", needs(IdentityProviderWrite)),
    ("providerSignInBegin", Nobody),
    ("sessionCreateByProvider", Nobody),
    ("users", needs(UserRead)),
    ("apiClients", needs(UserRead)),
    ("userCreate", needs(UserWrite)),
    ("userDisable", needs(UserWrite)),
    ("roleAssign", needs(UserWrite)),
    ("roleEnd", needs(UserWrite)),
    ("apiClientCreate", needs(UserWrite)),
    ("apiClientDisable", needs(UserWrite)),
    ("apiClientKeyCreate", needs(UserWrite)),
    ("apiClientKeyRevoke", needs(UserWrite)),
    ("roles", needs(UserRead)),
    ("roleCreate", needs(UserWrite)),
    ("roleUpdate", needs(UserWrite)),
    ("roleArchive", needs(UserWrite)),
    // Archives: which of the three files decides the right.
    ("fileEntryAdd", Caller),
    ("fileEntryCorrect", Caller),
    ("evaluationForms", needs(QualityFileRead)),
    // Audit
    ("auditEvents", needs(AuditRead)),
    // Network
    ("sites", needs(NetworkRead)),
    ("queues", needs(NetworkRead)),
    ("skills", needs(NetworkRead)),
    ("siteCreate", needs(NetworkWrite)),
    ("siteUpdate", needs(NetworkWrite)),
    ("teamCreate", needs(NetworkWrite)),
    ("skillCreate", needs(NetworkWrite)),
    ("queueCreate", needs(NetworkWrite)),
    ("queueGoalSet", needs(NetworkWrite)),
    ("queueStaffingSet", needs(NetworkWrite)),
    ("queueTrainingSet", needs(NetworkWrite)),
    ("queueLinesSet", needs(NetworkWrite)),
    ("queueWeeks", needs(NetworkRead)),
    ("queueWeekSet", needs(NetworkWrite)),
    ("tenantSettings", needs(NetworkRead)),
    ("tenantSettingsSet", needs(NetworkWrite)),
    // Agents
    ("agents", needs(AgentRead)),
    ("agent", needs(AgentRead)),
    ("agentCreate", needs(AgentHire)),
    ("agentUpdate", needs(AgentWrite)),
    ("agentMove", needs(AgentWrite)),
    ("agentPrivateSet", needs(AgentPrivateWrite)),
    ("agentPrivateErase", needs(AgentPrivateWrite)),
    ("availabilityAdd", needs(AvailabilityWrite)),
    ("availabilityRemove", needs(AvailabilityWrite)),
    // Forecasting
    ("intervals", needs(HistoryRead)),
    ("historyGaps", needs(HistoryRead)),
    ("historyImport", needs(HistoryWrite)),
    ("demandEvents", needs(ForecastRead)),
    ("specialDays", needs(ForecastRead)),
    ("specialDaysSet", needs(ForecastWrite)),
    ("unusualDays", needs(ForecastRead)),
    ("demandEventLearned", needs(ForecastRead)),
    ("demandEventPropose", needs(DemandEventWrite)),
    ("demandEventDecide", needs(ForecastWrite)),
    ("forecast", needs(ForecastRead)),
    ("forecasts", needs(ForecastRead)),
    ("forecastAccuracy", needs(ForecastRead)),
    ("queueCloses", needs(ForecastRead)),
    ("forecastAccuracyReport", needs(ForecastRead)),
    ("forecastActuals", needs(ForecastRead)),
    ("forecastRun", needs(ForecastWrite)),
    // Staffing
    ("requirement", needs(ForecastRead)),
    ("requirements", needs(ForecastRead)),
    ("requirementCompute", needs(ForecastWrite)),
    ("planLevel", needs(ForecastRead)),
    ("capacityPlan", needs(ForecastRead)),
    ("shiftsDesign", needs(ForecastRead)),
    ("staffingCheck", needs(ForecastRead)),
    ("seniorShortfalls", needs(ForecastRead)),
    // Schedules
    ("mySchedule", needs(ScheduleRead)),
    ("siteWeek", needs(ScheduleRead)),
    ("schedule", needs(ScheduleRead)),
    ("schedules", needs(ScheduleRead)),
    ("scheduleDiff", needs(ScheduleRead)),
    ("scheduleCopyWeek", needs(ScheduleWrite)),
    ("scheduleImport", needs(ScheduleWrite)),
    ("scheduleScenarioCreate", needs(ScheduleWrite)),
    ("scheduleScenarioMerge", needs(ScheduleWrite)),
    ("scheduleScenarioAssume", needs(ScheduleWrite)),
    ("scheduleScenarioDiscard", needs(ScheduleWrite)),
    ("scheduleFigures", needs(ForecastRead)),
    ("scheduleCheck", needs(ScheduleRead)),
    ("shiftPatterns", needs(WorkRulesRead)),
    ("shiftPatternCreate", needs(WorkRulesWrite)),
    ("shiftPatternAssign", needs(ScheduleWrite)),
    ("shiftTemplates", needs(WorkRulesRead)),
    ("shiftTemplatesSet", needs(WorkRulesWrite)),
    ("shiftWishesSet", needs(AvailabilityWrite)),
    ("siteSeatsSet", needs(NetworkWrite)),
    ("activityPlace", needs(ScheduleWrite)),
    ("reservePool", needs(ScheduleRead)),
    ("reserveCalls", needs(ScheduleRead)),
    ("reserveAgentSet", needs(ScheduleWrite)),
    ("agentPayMonth", needs(ScheduleRead)),
    ("compensatoryRestSet", needs(ScheduleWrite)),
    // KPIs
    ("kpiCatalogue", needs(KpiRead)),
    ("siteComparison", needs(KpiRead)),
    ("kpiTargetSet", needs(KpiWrite)),
    ("measuresRecord", needs(KpiWrite)),
    ("scheduleGenerate", needs(ScheduleWrite)),
    ("scheduleResolve", needs(ScheduleWrite)),
    ("schedulePublish", needs(SchedulePublish)),
    ("shiftAdd", needs(ScheduleWrite)),
    ("shiftEdit", needs(ScheduleWrite)),
    ("workRules", needs(WorkRulesRead)),
    ("workRulesSet", needs(WorkRulesWrite)),
    // Jobs
    ("job", needs(JobRead)),
    ("jobs", needs(JobRead)),
    ("jobCancel", needs(JobRead)),
    ("jobProgress", needs(JobRead)),
    // Notifications: always the caller's own.
    ("notifications", Caller),
    ("notificationUnreadCount", Caller),
    ("notificationPreferences", Caller),
    ("notificationMarkRead", Caller),
    ("notificationPreferencesSet", Caller),
    ("notificationArrived", Caller),
    // Intraday
    ("wallboard", needs(IntradayRead)),
    ("agentStates", needs(IntradayRead)),
    ("adherence", needs(IntradayRead)),
    ("queueGaugesPush", needs(IntradayWrite)),
    ("agentStatesPush", needs(IntradayWrite)),
    ("intervalFiguresPush", needs(IntradayWrite)),
    ("wallboardChanged", needs(IntradayRead)),
    // Requests
    ("shiftSwap", needs(ShiftSwapRead)),
    ("shiftSwaps", needs(ShiftSwapRead)),
    ("shiftSwapCounts", needs(ShiftSwapCount)),
    ("requestSatisfaction", needs(ShiftSwapCount)),
    ("shiftSwapPropose", needs(ShiftSwapWrite)),
    ("shiftSwapAnswer", needs(ShiftSwapWrite)),
    ("shiftSwapReview", needs(ShiftSwapApprove)),
    ("shiftSwapCancel", needs(ShiftSwapWrite)),
];

/// What the root field needs; `None` when it is not in the matrix.
#[must_use]
pub fn permission_of(field: &str) -> Option<Needs> {
    ROOTS.iter().find(|(name, _)| *name == field).map(|(_, needs)| *needs)
}

/// Whether somebody who has not signed in may ask for the root field.
#[must_use]
pub fn is_open(field: &str) -> bool {
    permission_of(field) == Some(Nobody)
}

/// The table as text, one line a field, for the committed snapshot.
#[must_use]
pub fn roots_text() -> String {
    let mut lines: Vec<String> = ROOTS
        .iter()
        .map(|(field, needs)| match needs {
            Nobody => format!("{field}: nobody"),
            Caller => format!("{field}: any caller"),
            Needs::Permission(permission) => format!("{field}: {permission}"),
        })
        .collect();
    lines.sort();
    lines.join("\n") + "\n"
}
