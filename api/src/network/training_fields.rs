use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use trunkline_domain::{fault::Fault, network::Code};

use super::{
    Queue,
    training::{SetTraining, set_training},
};
use crate::graphql::{Operation, UserError, parse_id};

/// The training that a queue asks for.
#[derive(Debug, InputObject)]
pub struct QueueTrainingSetInput {
    /// The queue.
    pub queue_id: ID,
    /// Version the caller has seen.
    pub expected_version: Option<i32>,
    /// Code of the course that must be passed by the development file before an agent takes contacts of the queue; `null` = none. Left out, nothing is to change, which is refused.
    pub training: MaybeUndefined<String>,
}

impl QueueTrainingSetInput {
    fn parse(self) -> Result<SetTraining, Fault> {
        let Self { queue_id, expected_version, training } = self;
        let training = match training {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(code) => Some(Some(Code::parse("training", &code)?)),
        };
        Ok(SetTraining { queue: parse_id(&queue_id, "queueId")?, expected_version, training })
    }
}

/// Outcome of setting a training.
#[derive(Debug, SimpleObject)]
pub struct QueueTrainingSetPayload {
    /// The queue as it stands now. `null` when refused.
    pub queue: Option<Queue>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Saying what training queues ask for.
#[derive(Debug, Default)]
pub struct TrainingMutation;

#[Object]
impl TrainingMutation {
    /// Sets the training that must be passed before an agent takes contacts of a queue. Who has not passed it is refused on it by the rule TRAINING_GATE, with the weight that it has in the work rules, and does not count for it. That of a shared queue is set by who may write to all its sites.
    ///
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, STALE_VERSION.
    async fn queue_training_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The training.")] input: QueueTrainingSetInput,
    ) -> async_graphql::Result<QueueTrainingSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => set_training(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (queue, user_errors) = operation.settle(outcome)?;
        Ok(QueueTrainingSetPayload { queue: queue.map(Queue), user_errors })
    }
}
