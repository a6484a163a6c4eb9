/*
 * The verbs, one file each (command_<verb>.c). All have the shape of struct command's run().
 */
#pragma once

int command_serve(int argc, char **argv);
int command_plan(int argc, char **argv);
int command_apply(int argc, char **argv);
int command_sync(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_check(int argc, char **argv);
int command_status(int argc, char **argv);
int command_invite(int argc, char **argv);
int command_resend(int argc, char **argv);
int command_revoke(int argc, char **argv);
int command_role(int argc, char **argv);
int command_remove(int argc, char **argv);
int command_members(int argc, char **argv);
int command_leave(int argc, char **argv);
int command_organization(int argc, char **argv);
int command_project(int argc, char **argv);
int command_token(int argc, char **argv);
int command_link(int argc, char **argv);
int command_audit(int argc, char **argv);
