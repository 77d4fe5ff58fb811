//! How many sockets and streams may stay open at once, so that nobody takes the memory of the process
//! by opening what costs them nothing.
//!
//! A call centre is one address to the server: hundreds of people have a socket each there, and all of
//! them come back at once after a restart. So who has signed in is counted by their own name, strictly,
//! and the address as a whole only keeps one from taking everything. Who has not signed in has no name
//! but the address. Each process counts for itself: it is its own memory that is looked after.

use std::{
    collections::HashMap,
    error::Error,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    http::StatusCode,
    web::Bytes,
};

use super::{
    network::network_of,
    refusal::{ErrorCode, Refusal},
};

/// Seconds after which somebody may have left.
const COME_AGAIN_SECONDS: u32 = 5;

/// Sockets and streams together that may be open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrowdLimits {
    /// Of one address, whoever opened them.
    pub address: usize,
    /// Of one address by those who have not signed in; a socket counts here until it has said who is there.
    pub stranger: usize,
    /// Of one person, on all devices: a socket carries many subscriptions.
    pub person: usize,
    /// Of one API client, which may run on many machines.
    pub client: usize,
}

impl Default for CrowdLimits {
    fn default() -> Self {
        Self { address: 16_384, stranger: 256, person: 100, client: 512 }
    }
}

/// In whose name a caller's sockets and streams are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A person, by an id that no other has.
    Person(String),
    /// An API client, likewise.
    Client(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Group {
    Address(Option<String>),
    Strangers(Option<String>),
    Holder(Holder),
}

/// All who have a socket or stream open.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    limits: CrowdLimits,
    counts: Arc<Mutex<HashMap<Group, usize>>>,
}

/// Too many of its group are there.
#[derive(Debug)]
pub(super) struct Full;

impl Crowd {
    pub(super) fn new(limits: CrowdLimits) -> Self {
        Self { limits, counts: Arc::default() }
    }

    /// Makes room for a connection from `peer`; `holder` = who has signed in, if somebody has.
    ///
    /// # Errors
    /// RATE_LIMITED, status 429.
    pub(super) fn enter(
        &self,
        peer: Option<IpAddr>,
        holder: Option<Holder>,
    ) -> Result<Arc<Place>, Refusal> {
        let network = peer.map(network_of);
        let group = match holder {
            Some(holder) => Group::Holder(holder),
            None => Group::Strangers(network.clone()),
        };
        let address = self.join(Group::Address(network)).map_err(|Full| full())?;
        let member = self.join(group).map_err(|Full| full())?;
        Ok(Arc::new(Place { crowd: self.clone(), _address: address, member: Mutex::new(member) }))
    }

    fn join(&self, group: Group) -> Result<Member, Full> {
        let CrowdLimits { address, stranger, person, client } = self.limits;
        let most = match &group {
            Group::Address(_) => address,
            Group::Strangers(_) => stranger,
            Group::Holder(Holder::Person(_)) => person,
            Group::Holder(Holder::Client(_)) => client,
        };
        let mut counts = self.lock();
        let there = counts.get(&group).copied().unwrap_or(0);
        if there >= most {
            return Err(Full);
        }
        counts.insert(group.clone(), there + 1);
        drop(counts);
        Ok(Member { crowd: self.clone(), group })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Group, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of a group, for as long as it lives.
#[derive(Debug)]
struct Member {
    crowd: Crowd,
    group: Group,
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut counts = self.crowd.lock();
        match counts.get_mut(&self.group) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                counts.remove(&self.group);
            }
        }
    }
}

/// What an open socket or stream takes of the room there is.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    _address: Member,
    member: Mutex<Member>,
}

impl Place {
    /// Counts the connection in another's name from here on.
    ///
    /// # Errors
    /// When too many are.
    pub(super) fn sign_in(&self, holder: Holder) -> Result<(), Full> {
        let member = self.crowd.join(Group::Holder(holder))?;
        let mut own = self.member.lock().unwrap_or_else(PoisonError::into_inner);
        *own = member;
        Ok(())
    }
}

/// A body that keeps its place for as long as its connection has it: a client that reads nothing holds
/// memory, even when nothing is sent any more.
pub(super) struct Placed {
    body: BoxBody,
    _place: Arc<Place>,
}

impl Placed {
    pub(super) fn wrap(body: BoxBody, place: Arc<Place>) -> BoxBody {
        BoxBody::new(Self { body, _place: place })
    }
}

impl MessageBody for Placed {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

fn full() -> Refusal {
    Refusal::request(
        StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::RateLimited,
        "Too many sockets and streams are open: close some, or put several operations on one socket.",
    )
    .retry_after(COME_AGAIN_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: CrowdLimits = CrowdLimits { address: 4, stranger: 2, person: 1, client: 2 };

    fn at(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    fn person(name: &str) -> Holder {
        Holder::Person(name.to_owned())
    }

    #[test]
    fn strangers_count_by_address_and_others_by_name() {
        let crowd = Crowd::new(LIMITS);
        let first = crowd.enter(at(1), None).expect("room");
        let _second = crowd.enter(at(1), None).expect("room");
        let refusal = crowd.enter(at(1), None).expect_err("full of strangers");
        assert_eq!((refusal.status.as_u16(), refusal.code), (429, ErrorCode::RateLimited));
        let _elsewhere = crowd.enter(at(2), None).expect("another address");
        let _li = crowd.enter(at(1), Some(person("li"))).expect("somebody known");
        assert!(crowd.enter(at(2), Some(person("li"))).is_err(), "the same person elsewhere");
        let _wang = crowd.enter(at(1), Some(person("wang"))).expect("another person");
        assert!(crowd.enter(at(1), Some(person("zhao"))).is_err(), "the address is full");
        drop(first);
        let _zhao = crowd.enter(at(1), Some(person("zhao"))).expect("somebody left");
    }

    #[test]
    fn who_signs_in_is_a_stranger_no_more() {
        let crowd = Crowd::new(LIMITS);
        let places = [1, 2].map(|_| crowd.enter(at(1), None).expect("room"));
        places[0].sign_in(person("li")).expect("room");
        let third = crowd.enter(at(1), None).expect("room for a stranger");
        assert!(third.sign_in(person("li")).is_err(), "one is the most of a person");
        let client = Holder::Client("feed".to_owned());
        assert!(places[1].sign_in(client.clone()).is_ok() && third.sign_in(client).is_ok());
        drop((places, third));
        assert!(crowd.lock().is_empty(), "nothing is kept of those who left");
    }
}
