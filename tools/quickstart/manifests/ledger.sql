-- A target that no policy opens to agents.
create table entries (id int primary key, account text not null, amount numeric(12, 2) not null);
insert into entries values (1, 'cash', 1000.00), (2, 'rent', -400.00);
