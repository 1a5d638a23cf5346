//! What contracts make of the changes, in the commit of the change, or afterwards.

use crate::{
    hub::News,
    model::Sequence,
    projection::{Projection, Told},
    store::{Batch, Standing, Store, StoreError},
};

/// The changes made up for in one commit.
const PIECE: u32 = 500;

/// Lets contracts make what there is to make of a change, and stores it.
pub(super) async fn project(
    batch: &mut Batch,
    projections: &[Projection],
    change: &News,
) -> Result<Vec<Told>, StoreError> {
    let mut all = Vec::new();
    for projection in projections {
        let contract = projection.contract();
        let messages = projection.project(change, &mut batch.book(contract)).await?;
        if !messages.is_empty() {
            let told = Told { contract, sequence: change.sequence(), messages };
            batch.add_messages(&told).await?;
            all.push(told);
        }
    }
    Ok(all)
}

/// Makes up for what changed while a contract was not spoken: the transactions, and the alerts as they are now.
pub(super) async fn catch_up(
    store: &Store,
    projections: &[Projection],
    standing: &Standing,
) -> Result<(), StoreError> {
    for projection in projections {
        let (contract, basis) = (projection.contract(), projection.basis());
        let mut batch = store.begin(standing.sequence).await?;
        let mut position: Sequence = match batch.projected(contract).await? {
            Some((position, was)) if was == basis => position,
            _ => {
                batch.begin_projection(contract, &basis).await?;
                0
            }
        };
        batch.commit(standing).await?;
        while position < standing.sequence {
            let page = store.changes(Some(position), PIECE).await?;
            position = page.sequence;
            let mut batch = store.begin(standing.sequence).await?;
            for change in &page.items {
                project(&mut batch, std::slice::from_ref(projection), change).await?;
            }
            batch.mark_projected(contract, position).await?;
            batch.commit(standing).await?;
        }
    }
    Ok(())
}
