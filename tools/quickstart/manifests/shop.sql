-- The sample shop. Its owner is the role that Sallyport logs in as: what agents are kept from, they are kept from by
-- Sallyport alone.
create table customers (
  id int primary key,
  name text not null,
  email text not null,
  card text not null,
  ssn text not null,
  city text not null
);

create table orders (
  id int primary key,
  customer_id int not null references customers,
  item text not null,
  total numeric(10, 2) not null,
  status text not null default 'open',
  placed_on date not null
);

create view customer_contacts as
  select id, name, email from customers;

create view big_spenders as
  select c.id, c.email as contact, sum(o.total) as spent
  from customers c join orders o on o.customer_id = c.id
  group by c.id, c.email;

-- What this changes cannot be seen in the statement that calls it.
create function cancel_order(order_id int) returns void language plpgsql as $$
begin
  delete from orders where id = order_id;
end
$$;

create schema payroll;

create table payroll.salaries (
  employee text primary key,
  monthly numeric(10, 2) not null
);

insert into payroll.salaries values ('ada', 9100.00), ('dan', 7400.00), ('eve', 6200.00);
