//! Roles of the house's own making, and who has them.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{AgentId, RoleId, Uuid};
use crate::model::access::{Permissions, Rights, Scope};
use crate::model::agent::full_name;
use crate::model::event::{Topic, What};
use crate::model::role::CustomRole;
use rusqlite::{Row, params};

macro_rules! role_select {
    ($tail:literal) => {
        concat!(
            "SELECT r.id, r.uuid, r.name, r.scope, r.permissions, (SELECT count(*) FROM agents a WHERE a.role_id = r.id) FROM roles r ",
            $tail
        )
    };
}

/// All roles, by name. There are few (`limits::ROLES_MAX`).
pub fn all(tx: &ReadTx) -> Result<Vec<CustomRole>> {
    tx.all(role_select!("ORDER BY r.name COLLATE NOCASE"), [], read)
}

/// The role with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<CustomRole>> {
    tx.one(role_select!("WHERE r.uuid = ?1"), [uuid], read)
}

/// Names of the first agents who have a role.
pub fn members(tx: &ReadTx, role: RoleId) -> Result<Vec<String>> {
    tx.all("SELECT first_name, last_name FROM agents WHERE role_id = ?1 ORDER BY first_name COLLATE NOCASE, id LIMIT 20", [role], |row| {
        Ok(full_name(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?))
    })
}

/// Stores a new role.
pub fn insert(tx: &WriteTx, name: &str, rights: Rights) -> Result<CustomRole> {
    let uuid = Uuid::new();
    tx.insert(
        "INSERT INTO roles (uuid, name, scope, permissions, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        params![uuid, name, rights.scope, words(rights)?, tx.now],
    )
    .map_err(taken)?;
    announce(tx, uuid);
    found(tx, uuid)
}

/// Writes a role's name and rights; who has it may do and see that with the next request, and with his open sockets.
pub fn update(tx: &WriteTx, role: &CustomRole) -> Result<CustomRole> {
    tx.exec(
        "UPDATE roles SET name = ?2, scope = ?3, permissions = ?4, updated_at = ?5 WHERE id = ?1",
        params![role.id, role.name, role.rights.scope, words(role.rights)?, tx.now],
    )
    .map_err(taken)?;
    announce(tx, role.uuid);
    found(tx, role.uuid)
}

/// Removes a role that nobody has.
pub fn delete(tx: &WriteTx, role: &CustomRole) -> Result<()> {
    tx.exec("DELETE FROM roles WHERE id = ?1", [role.id])?;
    announce(tx, role.uuid);
    Ok(())
}

/// Gives an agent a role, or none of the house's own.
pub fn give(tx: &WriteTx, agent: AgentId, role: Option<RoleId>) -> Result<()> {
    tx.exec("UPDATE agents SET role_id = ?2 WHERE id = ?1", params![agent, role])?;
    Ok(())
}

fn announce(tx: &WriteTx, role: Uuid) {
    tx.announce_ephemeral(vec![Topic::Agents], What::RoleChanged { role });
}

fn found(tx: &ReadTx, uuid: Uuid) -> Result<CustomRole> {
    find(tx, uuid)?.ok_or_else(|| Error::not_found("role"))
}

fn words(rights: Rights) -> Result<String> {
    serde_json::to_string(&rights.permissions.words()).map_err(Error::internal)
}

fn taken(error: Error) -> Error {
    match error.kind {
        Kind::Conflict => Error::conflict("There is a role with this name already.").in_field("name"),
        _ => error,
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<CustomRole> {
    let (scope, permissions): (Scope, String) = (row.get(3)?, row.get(4)?);
    let rights = Rights { scope, permissions: Permissions::parse(&permissions) };
    Ok(CustomRole { id: row.get(0)?, uuid: row.get(1)?, name: row.get(2)?, rights, agents: row.get(5)? })
}
